"""The CSVs of a dbt-synthea checkout, as they are or several times over, and as a delivery.

Several times over means other patients with the same lives: every number that Synthea gives
(they all have the form of a UUID) is another one in each copy, nothing else is.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

CSVS = Path("seeds/synthea")
DAY = "20250101"
FOLDER = "SYNTHEA"
UUID = re.compile(r"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)")
# Odd, so that its multiples are different numbers of 32 bits.
STEP = 0x9E3779B1


def write_copies(checkout: Path, folder: Path, copies: int) -> int:
    """Every CSV of the sample so many times over; how many rows there are in all.

    Counted are lines: no value of the sample holds a line break.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for path in sorted((checkout / CSVS).glob("*.csv")):
        header, *lines = path.read_text("utf-8").rstrip("\n").split("\n")
        with (folder / path.name).open("w", encoding="utf-8", newline="\n") as out:
            out.write(header + "\n")
            for number in range(copies):
                out.write("\n".join(_renumbered(line, number) for line in lines) + "\n")
        rows += len(lines) * copies
    return rows


def _renumbered(line: str, number: int) -> str:
    moved = number * STEP
    return UUID.sub(lambda found: f"{int(found[0], 16) ^ moved & 0xFFFFFFFF:08x}", line)


def deliver(csvs: Path, root: Path, day: str = DAY) -> Path:
    """The CSVs as one delivery, with the manifest that Synthea does not write."""
    folder = root / day / FOLDER
    folder.mkdir(parents=True)
    lines = []
    for path in sorted(csvs.glob("*.csv")):
        data = path.read_bytes()
        (folder / path.name).write_bytes(data)
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        rows = len(data.splitlines()) - 1
        lines.append(f"{path.name}\t{rows}\t{digest}\n")
    (folder / f"{FOLDER}_{day}.ok").write_text("".join(lines), "utf-8")
    return root
