"""What a full build of a county's record takes, and what a daily delivery takes after it.

The first delivery holds all the years and is built from nothing. Of the days after it two
are not measured: with one a year begins, which builds everybody, and on the next dbt
prepares what all further days run and are asked. Then two with the systems that deliver
what changed: a small one, on which something is learnt of a thousandth of the people, and
the one of the year on which the insurer says of everybody what changed; and a day with all
systems, of which some deliver again what they delivered before, everything or the last
weeks. On the last two something is learnt of as many people as on any day. Tests and gates
are part of every build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree

from sqlalchemy import Engine, text

from benchmarks.building import Build, build
from loaders.contracts.model import Delivery, load_contracts
from loaders.demo_county.make import DELIVERIES, make_demo_county
from loaders.pipeline import STEPS
from loaders.warehouse.connect import SCHEMAS, open_warehouse

FIRST = date(2025, 1, 1)
LATER_DAYS = 5
NEW_YEAR, BEFORE, SMALL, INSURED_ANEW, EVERYTHING = (
    FIRST + timedelta(days=n) for n in range(1, LATER_DAYS + 1)
)
# Those on which something is learnt of few people.
SMALL_DAYS = 3
NAMES = [step.name for step in STEPS]
MEASURED = NAMES[: NAMES.index("record_gate") + 1]
GATES = [step.name for step in STEPS if step.kind == "gate" and step.name in MEASURED]
NOT_GATES = [name for name in MEASURED if name not in GATES]
# The layers that are kept up to date; who is who has a table of its own.
KEPT = ("staging", "golden", "record")
# Each delivery of such a feed holds much that an earlier one has held.
AGAIN: frozenset[Delivery] = frozenset({"snapshot", "watermark", "rolling"})
# On an ordinary day something is learnt of about one in fifty people; so this is a
# thousandth. Of a small county it is more, else the day would bring nothing at all.
LATER_SHARE = 0.05
FEWEST_A_DAY = 20


@dataclass(frozen=True)
class Day:
    """A daily delivery: what came, and what it took."""

    name: str
    rows: int
    build: Build


@dataclass(frozen=True)
class Measured:
    """One county: its first build, the days after it, and how much there was to read."""

    residents: int
    years: int
    people: int
    rows: int
    full: Build
    days: tuple[Day, ...]


def measure(engine: Engine, workplace: Path, residents: int, years: int) -> list[str]:
    """Lines of tables: a county of some years, and the days after.

    Raises: CalledProcessError when a step of a build said no.
    """
    forget(engine)
    folder = make_county(workplace, residents, years)
    county = measure_county(engine, folder, residents, years, all_days=True)
    forget(engine)
    rmtree(folder)
    explained = " ".join(str(__doc__).split("\n\n")[1].split())
    return [*_lines(county), "", explained]


def systems_of_changes() -> list[str]:
    """The systems of which some feed is delivered by what changed."""
    systems: dict[str, set[Delivery]] = {}
    for contract in load_contracts():
        systems.setdefault(contract.system, set()).add(contract.delivery)
    return sorted(system for system, ways in systems.items() if not ways <= AGAIN)


def make_county(workplace: Path, residents: int, years: int) -> Path:
    """Make the files of a county, whose later days bring little at first; their folder."""
    folder = workplace / f"record_{residents}_{years}"
    share = LATER_SHARE * max(1.0, FEWEST_A_DAY * 1000 / residents)
    make_demo_county(
        folder,
        residents,
        later_days=LATER_DAYS,
        years=years,
        later_share=min(1.0, share),
        quiet_days=SMALL_DAYS,
    )
    return folder


def measure_county(
    engine: Engine, folder: Path, residents: int, years: int, *, all_days: bool
) -> Measured:
    """Build the first delivery, and days after it: all of them, or the small one alone."""
    deliveries, changing = folder / DELIVERIES, systems_of_changes()
    full = build(deliveries, FIRST, [], MEASURED)
    people = _people(engine)
    build(deliveries, NEW_YEAR, changing, NOT_GATES)
    # What a gate asks is what has changed since it was asked on the day before.
    build(deliveries, BEFORE, changing, MEASURED)

    def day(name: str, through: date, systems: list[str]) -> Day:
        tidy(engine)
        built = build(deliveries, through, systems, MEASURED)
        return Day(name, _rows(engine, through, systems), built)

    days = [day("a small day", SMALL, changing)]
    if all_days:
        days.append(day("all insured anew", INSURED_ANEW, changing))
        # What the other systems had for the days before is not this day's.
        build(deliveries, INSURED_ANEW, [], MEASURED)
        days.append(day("all systems", EVERYTHING, []))
    return Measured(residents, years, people, _rows(engine, FIRST, []), full, tuple(days))


def _lines(county: Measured) -> list[str]:
    full = county.full
    heads = "".join(f" | {day.name}: s | processor s | of full" for day in county.days)
    lines = [
        f"{county.residents:,} residents, {county.years} years: {county.people:,} people,"
        f" {county.rows:,} delivered rows.",
        "",
        *(
            f"- {day.name}: {day.rows:,} rows; record built for {whom(day.build)}"
            for day in county.days
        ),
        "",
        f"| step | full: s | processor s | rows/s{heads} |",
        f"|---{'|---:' * (3 + 3 * len(county.days))}|",
    ]
    groups: list[tuple[str, Sequence[str]]] = [(name, [name]) for name in MEASURED]
    groups.append(("**staging, golden, record** (goal below 2 %)", KEPT))
    groups.append(("all but gates", NOT_GATES))
    groups.append(("all", MEASURED))
    for title, steps in groups:
        cells = [cost(full, steps), f"{county.rows / full.seconds(steps):,.0f}"]
        for day in county.days:
            share = day.build.processor_seconds(steps) / full.processor_seconds(steps)
            cells += [cost(day.build, steps), f"{share:.1%}"]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    memory = "; ".join(
        f"{name} {build.program_mb:,.0f} and {build.server_mb:,.0f} MB"
        for name, build in (
            ("full", full),
            *((day.name, day.build) for day in county.days),
        )
    )
    return [*lines, "", f"Peak memory of the program, and of the server: {memory}."]


def cost(of: Build, steps: Sequence[str]) -> str:
    return f"{of.seconds(steps):.1f} | {of.processor_seconds(steps):.1f}"


def whom(of: Build) -> str:
    """For whom the record was built, as the step says it."""
    return of.step("record").said.rpartition(", for ")[2]


def _rows(engine: Engine, day: date, systems: list[str]) -> int:
    """How many rows came on a day, from some systems or, when none is named, from all."""
    query = """
        select sum(rows_read) from audit.file_ledger
        where delivery_date = :day
          and (cast(:systems as text[]) = '{}' or system = any(:systems))
    """
    with engine.connect() as connection:
        return int(connection.scalar(text(query), {"day": day, "systems": systems}) or 0)


def _people(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("select count(*) from record.person")) or 0)


def tidy(engine: Engine) -> None:
    """Let the server do now what it would do later, at the cost of the next build."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze)"))
        connection.execute(text("checkpoint"))


def forget(engine: Engine) -> None:
    """Make the warehouse as if nothing had been delivered."""
    with engine.begin() as connection:
        for schema in (*SCHEMAS, "affected"):
            connection.execute(text(f"drop schema if exists {schema} cascade"))
    open_warehouse().dispose()
