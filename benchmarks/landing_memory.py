"""How much memory landing needs for a large file, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.files import write_delivery
from benchmarks.forms import FORMS, LINES_UTF8
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


def measure(workplace: Path, megabytes: int) -> list[str]:
    """Lines of a table: format, size, peak memory of the landing process."""
    lines = [
        "| format | MB | rows | peak memory MB (goal under 300) |",
        "|---|---:|---:|---:|",
    ]
    for form in FORMS:
        if form is LINES_UTF8:
            continue
        rows = megabytes * 1_000_000 // form.bytes_per_row
        rows = min(rows, form.most_rows or rows)
        root = workplace / f"memory_{form.table}"
        path = write_delivery(root, DAY, form, rows)
        forget(open_warehouse())
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", PROGRAM, str(root)],
            check=True, stdout=subprocess.PIPE, text=True, env=os.environ,
        )  # fmt: skip
        peak = json.loads(done.stdout.splitlines()[-1]) / 1024
        size = path.stat().st_size / 1e6
        lines.append(f"| {form.label} | {size:.0f} | {rows:,} | {peak:.0f} |")
        path.unlink()
    return lines
