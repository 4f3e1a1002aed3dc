"""What a daily delivery costs in a warehouse that knows one year, and one that knows ten.

The same county tells both histories; the day after the history is landed and timed. System
C delivers its whole database every day, so that its delivery itself grows with the years:
it is shown apart.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Engine, text

from loaders.contracts.model import load_systems
from loaders.demo_county.make import make_demo_county
from loaders.landing.land import land

FIRST = date(2025, 1, 1)
YEARS = (1, 10)
WHOLE_EVERY_DAY = "C"


def measure(engine: Engine, workplace: Path, residents: int, days: int) -> list[str]:
    """Lines of a table: years, rows of history, seconds per daily delivery, growth."""
    deltas = {s.system for s in load_systems()} - {WHOLE_EVERY_DAY}
    took: dict[int, tuple[float, float]] = {}
    rows: dict[int, int] = {}
    for years in YEARS:
        folder = workplace / f"years_{years}"
        make_demo_county(folder, residents, later_days=days, years=years)
        _forget(engine)
        land(engine, folder / "deliveries", FIRST, None, 0, lambda _: None)
        rows[years] = _rows_landed(engine)
        of_deltas, of_database = [], []
        for nth in range(1, days + 1):
            day = FIRST + timedelta(days=nth)
            of_deltas.append(_seconds(engine, folder, day, deltas))
            of_database.append(_seconds(engine, folder, day, {WHOLE_EVERY_DAY}))
        took[years] = median(of_deltas), median(of_database)
    lines = [
        "| years of history | rows landed before | daily delivery, s | of the whole"
        " database C, s |",
        "|---:|---:|---:|---:|",
    ]
    for years in YEARS:
        deltas_took, database_took = took[years]
        lines.append(
            f"| {years} | {rows[years]:,} | {deltas_took:.2f} | {database_took:.2f} |"
        )
    few, many = took[YEARS[0]], took[YEARS[1]]
    lines.append(
        f"| **growth** (goal below 1.2) | {rows[YEARS[1]] / rows[YEARS[0]]:.1f}"
        f" | **{many[0] / few[0]:.2f}** | {many[1] / few[1]:.2f} |"
    )
    return lines


def _seconds(engine: Engine, folder: Path, day: date, systems: set[str]) -> float:
    began = perf_counter()
    land(engine, folder / "deliveries", day, systems, 0, lambda _: None)
    return perf_counter() - began


def _rows_landed(engine: Engine) -> int:
    query = "select sum(rows_read) from audit.file_ledger where state = 'landed'"
    with engine.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def _forget(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("drop schema if exists landing, audit cascade"))
