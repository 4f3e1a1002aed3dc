"""All measurements; the figures go to docs/benchmarks.md, a section each.

`make bench` runs them all, `python -m benchmarks --only landing` one of them, which leaves
the other sections as they are; `--quick` is a try-out with small files and no page.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
TITLES = {
    "record": "The record",
    "growth": "The record after ten years",
    "daily": "A daily delivery",
    "synthea": "Synthea's sample",
    "landing": "Landing against a bare COPY",
    "tools": "Landing against other tools",
    "memory": "Memory",
    "febrl": "Who is who: public sets",
    "linkage": "Who is who: a county",
}
# These read files that are made for them, by contracts of their own.
OF_MADE_FILES = ("landing", "tools", "memory", "febrl", "linkage")
# Residents and years of the county, and residents of the one with ten times the years.
Sizes = tuple[int, int, int]
HEAD = """\
<!-- Written by `make bench`; do not edit. -->

# Benchmarks 测速

Figures of the last run of each measurement, on one machine and beside whatever else it did.
Read the ratios: both sides of each were measured in the same run, one after the other.
"""


def main() -> None:
    """Measure, print, and unless it is a try-out write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="small files, no page")
    parser.add_argument("--only", choices=TITLES, help="one measurement")
    for name, number in (("residents", 100_000), ("years", 3), ("fewer", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=number, help="of the record")
    asked = parser.parse_args()

    # One warehouse, beside the installation's own and made anew.
    home = Path(os.environ.get("ONECARD_HOME") or HERE.parent / ".onecard").resolve()
    home = home / "benchmarks"
    os.environ["ONECARD_HOME"] = str(home)
    os.environ.pop("ONECARD_DSN", None)
    sizes = (1000, 1, 300) if asked.quick else (asked.residents, asked.years, asked.fewer)
    wanted = [asked.only] if asked.only else list(TITLES)
    for name, words in _measure(home, asked.quick, wanted, sizes):
        print(words, flush=True)
        if not asked.quick:
            # A run that is broken off leaves what it has measured.
            put_section(PAGE, name, words)


def put_section(page: Path, name: str, words: str) -> None:
    """Write a section in its place; the others stay as they are."""
    _, *parts = page.read_text("utf-8").split("\n## ") if page.is_file() else [""]
    sections = {part.split("\n", 1)[0]: f"## {part.strip()}\n" for part in parts}
    sections[TITLES[name]] = words
    known = [sections[title] for title in TITLES.values() if title in sections]
    page.write_text("\n".join([HEAD, *known]), "utf-8")


def _measure(
    home: Path, quick: bool, wanted: list[str], record_sizes: Sizes
) -> Iterator[tuple[str, str]]:
    """The name and the section of each measurement, as soon as it has been made."""
    from benchmarks import (
        daily_delivery,
        febrl,
        landing_memory,
        landing_speed,
        linkage,
        other_tools,
        record,
        record_growth,
        synthea,
    )
    from loaders.warehouse import embedded
    from loaders.warehouse.connect import open_warehouse

    engine = open_warehouse()
    repeats = 1 if quick else 3

    def work(place: Path) -> dict[str, tuple[ModuleType, Callable[[], list[str]]]]:
        return {
            "record": (record, lambda: record.measure(engine, place, *record_sizes[:2])),
            "growth": (
                record_growth,
                lambda: record_growth.measure(engine, place, record_sizes[2]),
            ),
            "daily": (
                daily_delivery,
                lambda: daily_delivery.measure(engine, place, 200 if quick else 1000, 7),
            ),
            "synthea": (
                synthea,
                lambda: synthea.measure(
                    engine, home / "postgres", place, (1,) if quick else (1, 10), 500
                ),
            ),
            "landing": (
                landing_speed,
                lambda: landing_speed.measure(
                    engine, place, 100_000 if quick else 2_000_000, repeats
                ),
            ),
            "tools": (
                other_tools,
                lambda: other_tools.measure(
                    engine, place, home, 20_000 if quick else 50_000, repeats
                ),
            ),
            "memory": (
                landing_memory,
                lambda: landing_memory.measure(place, 50 if quick else 2000),
            ),
            "febrl": (febrl, lambda: febrl.measure(home)),
            "linkage": (
                linkage,
                lambda: linkage.measure(
                    engine, home, (10_000,) if quick else (100_000, 1_000_000)
                ),
            ),
        }

    try:
        with TemporaryDirectory(dir=home) as place:
            measurements = work(Path(place))
            for name in wanted:
                if name in OF_MADE_FILES:
                    _use_contracts_of_made_files(home)
                module, measure = measurements[name]
                yield name, _section(TITLES[name], module.__doc__, measure())
    finally:
        engine.dispose()
        embedded.stop(home / "postgres")


def _use_contracts_of_made_files(home: Path) -> None:
    from benchmarks.forms import write_contracts
    from loaders.contracts.model import load_contracts, load_systems

    write_contracts(home / "contracts")
    os.environ["ONECARD_CONTRACTS"] = str(home / "contracts")
    load_contracts.cache_clear()
    load_systems.cache_clear()


def _section(title: str, what: str | None, lines: list[str]) -> str:
    words = " ".join((what or "").split("\n\n", 1)[0].split())
    measured = (
        f"Measured {date.today():%Y-%m-%d}, Python {platform.python_version()},"
        f" {os.cpu_count()} cores."
    )
    return "\n".join([f"## {title}", "", words, "", measured, "", *lines, ""])


if __name__ == "__main__":
    main()
