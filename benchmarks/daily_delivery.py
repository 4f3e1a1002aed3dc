"""What a daily delivery costs in a warehouse that knows one year, and one that knows ten.

The same county tells both histories; the days after it are landed and timed, each day on
top of the one history right after the same day on top of the other. The measure are the
systems that deliver changes: of these both warehouses are given the very same files, those
of the county with the longer history. Systems that deliver everything every day are shown
apart, each history's own, by the row: there the delivery itself grows with the years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Engine, text

from loaders.contracts.model import Delivery, load_contracts
from loaders.demo_county.make import make_demo_county
from loaders.landing.land import land

FIRST = date(2025, 1, 1)
FEW, MANY = YEARS = (1, 10)
# Each delivery of such a feed holds all that there is.
WHOLE: frozenset[Delivery] = frozenset({"snapshot", "watermark"})
SCHEMAS = ("landing", "audit")


@dataclass
class Day:
    """What landing one day's deliveries of some systems took."""

    seconds: float
    rows: int


def _per_row(day: Day) -> float:
    return day.seconds / day.rows


# What a line says of a day, and how it is written.
FIGURES: tuple[tuple[Callable[[Day], float], str], ...] = (
    (lambda day: day.rows, ",.0f"),
    (lambda day: day.seconds, ".2f"),
    (lambda day: _per_row(day) * 1e6, ",.0f"),
)


@dataclass
class History:
    """A county with its years of history, and the days that came after, by systems."""

    deliveries: Path
    rows_before: int
    days: dict[str, list[Day]] = field(default_factory=dict)


def measure(engine: Engine, workplace: Path, residents: int, days: int) -> list[str]:
    """Lines of a table: systems that deliver changes, then each that delivers all."""
    whole = _whole_every_day()
    changes = sorted({contract.system for contract in load_contracts()} - set(whole))
    for mark in ("", *(f"_{years}" for years in YEARS)):
        _drop(engine, mark)
    histories = {}
    for years in YEARS:
        folder = workplace / f"years_{years}"
        make_demo_county(folder, residents, later_days=days, years=years)
        land(engine, folder / "deliveries", FIRST, None, 0, lambda _: None)
        histories[years] = History(folder / "deliveries", _rows(engine, FIRST, None))
        _rename(engine, "", f"_{years}")
    # More is delivered of older records: with equal files only the histories differ.
    of_changes = histories[MANY].deliveries
    for nth in range(1, days + 1):
        # Whoever comes second finds the machine warm: they take turns.
        for years in YEARS if nth % 2 else YEARS[::-1]:
            history, day = histories[years], FIRST + timedelta(days=nth)
            with _in_place(engine, years):
                for systems in (changes, *([system] for system in whole)):
                    source = of_changes if systems == changes else history.deliveries
                    taken = _land(engine, source, day, systems)
                    history.days.setdefault(", ".join(systems), []).append(taken)
    for years in YEARS:
        _drop(engine, f"_{years}")
    return _lines(histories, ", ".join(changes))


def _whole_every_day() -> list[str]:
    """The systems of which every feed is delivered whole each time."""
    systems: dict[str, set[Delivery]] = {}
    for contract in load_contracts():
        systems.setdefault(contract.system, set()).add(contract.delivery)
    return sorted(system for system, ways in systems.items() if ways <= WHOLE)


def _land(engine: Engine, deliveries: Path, day: date, systems: list[str]) -> Day:
    began = perf_counter()
    land(engine, deliveries, day, systems, 0, lambda _: None)
    return Day(perf_counter() - began, _rows(engine, day, systems))


def _rows(engine: Engine, day: date, systems: list[str] | None) -> int:
    query = """
        select sum(rows_read) from audit.file_ledger
        where delivery_date = :day
          and (cast(:systems as text[]) is null or system = any(:systems))
    """
    with engine.connect() as connection:
        return int(connection.scalar(text(query), {"day": day, "systems": systems}) or 0)


def _lines(histories: dict[int, History], changes: str) -> list[str]:
    few, many = histories[FEW], histories[MANY]
    grown = many.rows_before / few.rows_before
    lines = [
        f"History: {few.rows_before:,} rows in {FEW} year, {many.rows_before:,} in {MANY}"
        f" years ({grown:.1f} times); then {len(few.days[changes])} days, medians.",
        "",
        f"| systems | deliver | rows a day, {FEW} → {MANY} | seconds a day"
        " | ms per 1,000 rows | growth |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for systems in few.days:
        # A day on which nothing usable came says nothing about a row.
        pairs = [
            (a, b)
            for a, b in zip(few.days[systems], many.days[systems], strict=True)
            if a.rows and b.rows
        ]
        if not pairs:
            raise ValueError(
                f"no usable delivery of {systems} in {len(few.days[systems])} days"
            )
        if systems == changes:
            growth = median(b.seconds / a.seconds for a, b in pairs)
            deliver, said = "changes", f"**{growth:.2f}** (goal below 1.2)"
        else:
            growth = median(_per_row(b) / _per_row(a) for a, b in pairs)
            deliver, said = "everything", f"{growth:.2f} per row"
        cells = [
            " → ".join(
                f"{median(map(figure, side)):{form}}" for side in zip(*pairs, strict=True)
            )
            for figure, form in FIGURES
        ]
        lines.append(f"| {systems} | {deliver} | {' | '.join(cells)} | {said} |")
    return lines


@contextmanager
def _in_place(engine: Engine, years: int) -> Iterator[None]:
    """Put a history where landing looks for it, and away again."""
    _rename(engine, f"_{years}", "")
    yield
    _rename(engine, "", f"_{years}")


def _rename(engine: Engine, mark: str, other: str) -> None:
    with engine.begin() as connection:
        for schema in SCHEMAS:
            connection.execute(
                text(f"alter schema {schema}{mark} rename to {schema}{other}")
            )
    # Sessions have learned where the tables of the other history are.
    engine.dispose()


def _drop(engine: Engine, mark: str) -> None:
    with engine.begin() as connection:
        for schema in SCHEMAS:
            connection.execute(text(f"drop schema if exists {schema}{mark} cascade"))
