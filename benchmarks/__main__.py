"""All measurements in one run; the figures go to docs/benchmarks.md.

`make bench` runs it; `python -m benchmarks --quick` is a try-out with small files.
"""

from __future__ import annotations

import argparse
import os
import platform
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
# Residents and years of the county, and residents of the one with ten times the years.
Sizes = tuple[int, int, int]
HEAD = """\
<!-- Written by `make bench`; do not edit. -->

# Benchmarks 测速

Figures of the last run of `make bench`, on one machine and beside whatever else it did.
Read the ratios: both sides of each were measured in the same run, one after the other.
"""


def main() -> None:
    """Measure, print, and unless it is a try-out write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="small files, no page")
    parser.add_argument("--only", metavar="WHAT", choices=["record"], help="no page either")
    for name, number in (("residents", 100_000), ("years", 3), ("fewer", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=number, help="of the record")
    asked = parser.parse_args()

    # One warehouse, beside the installation's own and made anew.
    home = Path(os.environ.get("ONECARD_HOME") or HERE.parent / ".onecard").resolve()
    home = home / "benchmarks"
    os.environ["ONECARD_HOME"] = str(home)
    os.environ.pop("ONECARD_DSN", None)
    sizes = (1000, 1, 300) if asked.quick else (asked.residents, asked.years, asked.fewer)
    _measure(home, asked.quick, asked.only, sizes)


def _measure(home: Path, quick: bool, only: str | None, record_sizes: Sizes) -> None:
    from benchmarks import (
        daily_delivery,
        febrl,
        landing_memory,
        landing_speed,
        linkage,
        other_tools,
        record,
        synthea,
    )
    from loaders.contracts.model import load_contracts, load_systems
    from loaders.warehouse import embedded
    from loaders.warehouse.connect import open_warehouse

    engine = open_warehouse()
    said = [
        f"Last run: {date.today():%Y-%m-%d}, Python {platform.python_version()},"
        f" {os.cpu_count()} cores{', quick' if quick else ''}.\n"
    ]
    print(said[0])

    def tell(title: str, what: str | None, lines: list[str]) -> None:
        words = " ".join((what or "").split("\n\n", 1)[0].split())
        section = "\n".join([f"## {title}", "", words, "", *lines, ""])
        print(section, flush=True)
        said.append(section)
        if not quick and not only:
            # A run that is broken off leaves what it has measured.
            PAGE.write_text("\n".join([HEAD, *said]), "utf-8")

    try:
        with TemporaryDirectory(dir=home) as place:
            workplace = Path(place)
            lines = record.measure(engine, workplace, *record_sizes)
            tell("The record", record.__doc__, lines)
            if only:
                return
            lines = daily_delivery.measure(engine, workplace, 200 if quick else 1000, 7)
            tell("A daily delivery", daily_delivery.__doc__, lines)
            copies = (1,) if quick else (1, 10)
            lines = synthea.measure(engine, home / "postgres", workplace, copies, 500)
            tell("Synthea's sample", synthea.__doc__, lines)
            # From here on the contracts are those of the files made for measuring.
            os.environ["ONECARD_CONTRACTS"] = str(HERE / "contracts")
            load_contracts.cache_clear()
            load_systems.cache_clear()
            rows = 100_000 if quick else 2_000_000
            lines = landing_speed.measure(engine, workplace, rows, 1 if quick else 3)
            tell("Landing against a bare COPY", landing_speed.__doc__, lines)
            rows = 20_000 if quick else 50_000
            lines = other_tools.measure(engine, workplace, home, rows, 1 if quick else 3)
            tell("Landing against other tools", other_tools.__doc__, lines)
            lines = landing_memory.measure(workplace, 50 if quick else 2000)
            tell("Memory", landing_memory.__doc__, lines)
            lines = febrl.measure(home)
            tell("Who is who: public sets", febrl.__doc__, lines)
            sizes = (10_000,) if quick else (100_000, 1_000_000)
            lines = linkage.measure(engine, home, sizes)
            tell("Who is who: a county", linkage.__doc__, lines)
    finally:
        engine.dispose()
        embedded.stop(home / "postgres")


if __name__ == "__main__":
    main()
