"""What a day costs a county that knows ten years, against one that knows one.

A small day is delivered to both. These days are of unlike size, for after ten years more
people are under care; so the newest visits of as many people in both are read again, too,
as if they had changed, and what is known of these people is chosen again: these days are
compared. Of each county
one such day goes before, which is not measured: after it the pages are in memory as on
other days.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

from sqlalchemy import Engine, text

from benchmarks.building import Build, build
from benchmarks.record import (
    KEPT,
    MEASURED,
    SMALL,
    Measured,
    cost,
    forget,
    make_county,
    measure_county,
    systems_of_changes,
    tidy,
    whom,
)
from loaders.changes.leads import sources
from loaders.demo_county.make import DELIVERIES

FEW, MANY = 1, 10
# Of how many people a visit is read again; a thousandth of 10,000 would be ten.
ON_A_SMALL_DAY = 20
READ_AGAIN = (ON_A_SMALL_DAY, 150)
# Those that read staged rows which have changed.
READ_BY_LAYERS = ("golden", "record")


def measure(engine: Engine, workplace: Path, residents: int) -> list[str]:
    """Lines of a table: as many residents with one year and with ten.

    Raises: CalledProcessError when a step of a build said no.
    """
    few, many = (_measure(engine, workplace, residents, years) for years in (FEW, MANY))
    explained = " ".join(str(__doc__).split("\n\n")[1].split())
    again = list(zip(few[1], many[1], strict=True))
    return [*_lines(few[0], many[0], again), "", explained]


def _measure(
    engine: Engine, workplace: Path, residents: int, years: int
) -> tuple[Measured, list[Build]]:
    forget(engine)
    folder = make_county(workplace, residents, years)
    county = measure_county(engine, folder, residents, years, all_days=False)
    again = []
    for count in (READ_AGAIN[0], *READ_AGAIN):
        _read_again(engine, count)
        tidy(engine)
        deliveries = folder / DELIVERIES
        again.append(build(deliveries, SMALL, systems_of_changes(), READ_BY_LAYERS))
    rmtree(folder)
    forget(engine)
    return county, again[1:]


def _lines(few: Measured, many: Measured, again: Sequence[Sequence[Build]]) -> list[str]:
    (before,), (after,) = few.days, many.days
    lines = [
        f"{few.residents:,} residents with {few.years} year ({few.rows:,} rows) and"
        f" {many.years} years ({many.rows:,} rows); a small day,"
        f" {before.rows:,} and {after.rows:,} rows, for"
        f" {whom(before.build)} and {whom(after.build)}.",
        "",
        "| step | s | processor s | with ten times the years: s | processor s | growth |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    groups: list[tuple[str, Sequence[str]]] = [(name, [name]) for name in MEASURED]
    groups.append(("staging, golden, record, of days of unlike size", KEPT))
    for title, steps in groups:
        took = [day.build.processor_seconds(steps) for day in (before, after)]
        cells = [cost(day.build, steps) for day in (before, after)]
        cells.append(f"{took[1] / took[0]:.2f}")
        lines.append(f"| {title} | {' | '.join(cells)} |")
    for count, builds in zip(READ_AGAIN, again, strict=True):
        took = [one.processor_seconds(READ_BY_LAYERS) for one in builds]
        cells = [cost(one, READ_BY_LAYERS) for one in builds]
        title = f"golden, record: the newest visits of {count} people once more"
        if count == ON_A_SMALL_DAY:
            title = f"**{title}** (goal below 1.3)"
        lines.append(
            f"| {title} ({', '.join(whom(one) for one in builds)})"
            f" | {' | '.join(cells)} | {took[1] / took[0]:.2f} |"
        )
    return lines


def _read_again(engine: Engine, count: int) -> None:
    """Let the newest visits of some people wait for the layers that read them."""
    with engine.begin() as connection:
        connection.execute(
            text(
                """
                create temporary table newest_visit on commit drop as
                select distinct on (person_id) person_id, encounter_id
                from record.encounter
                where kind = 'outpatient' and person_id in (
                    select person_id from record.encounter
                    where kind = 'outpatient' and person_id is not null
                    group by person_id order by md5(person_id) limit :count
                )
                order by person_id, started_at desc, encounter_id
                """
            ),
            {"count": count},
        )
        connection.exec_driver_sql(
            "insert into identity.touched_person"
            " select person_id from newest_visit on conflict do nothing"
        )
        for name, (system, table) in sources().items():
            found = connection.scalar(
                text(
                    "select exists (select from newest_visit"
                    " where starts_with(encounter_id, :source))"
                ),
                {"source": f"{system}|{table}|"},
            )
            if found:
                columns = connection.execute(
                    text(f"select * from staging.{name} limit 0")
                ).keys()
                said = ", ".join(f'"{column}"' for column in columns)
                connection.exec_driver_sql(
                    f"insert into changes.{name} ({said}, _is_now) select {said}, true"
                    f" from staging.{name} where record_key in"
                    " (select encounter_id from newest_visit)"
                )
