"""How much memory landing needs for a large file, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.files import charge_lines, write_delivery
from benchmarks.landing_speed import DAY, forget
from loaders.warehouse.connect import open_warehouse

PROGRAM = """
import json, re, sys
from pathlib import Path
from benchmarks.landing_speed import land_alone
from loaders.warehouse.connect import open_warehouse
land_alone(open_warehouse(), Path(sys.argv[1]))
# Not getrusage: there a program begins with the memory of the one that has started it.
status = Path("/proc/self/status").read_text("ascii")
print(json.dumps(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])))
"""
FILES = {
    "CSV, GB18030": ("LINES_GB", "csv", "gb18030"),
    "JSON Lines": ("LINES_JSON", "jsonl", "utf-8"),
}
BYTES_PER_ROW = {"csv": 186, "jsonl": 470}


def measure(workplace: Path, megabytes: int) -> list[str]:
    """Lines of a table: format, size, peak memory of the landing process."""
    lines = [
        "| format | MB | rows | peak memory MB (goal under 300) |",
        "|---|---:|---:|---:|",
    ]
    for label, (table, kind, encoding) in FILES.items():
        rows = megabytes * 1_000_000 // BYTES_PER_ROW[kind]
        root = workplace / f"memory_{table}"
        name = f"{table}_{DAY}.{kind}"
        path = write_delivery(root, DAY, name, encoding, charge_lines(rows))
        forget(open_warehouse())
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", PROGRAM, str(root)],
            check=True, capture_output=True, text=True, env=os.environ,
        )  # fmt: skip
        peak = json.loads(done.stdout.splitlines()[-1]) / 1024
        size = path.stat().st_size / 1e6
        lines.append(f"| {label} | {size:.0f} | {rows:,} | {peak:.0f} |")
        path.unlink()
    return lines
