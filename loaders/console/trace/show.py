"""`onecard trace` on a terminal; it prints names of files and tables, never a person's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, text

from loaders.console.table import print_table
from loaders.console.trace.asked import NothingToTraceError, rows_asked, table_named
from loaders.console.trace.line import files_named, label, show_fate
from loaders.console.trace.lines import (
    line_columns,
    own_lines,
    rows_of_line,
    source_lines,
)
from loaders.console.trace.walk import Reached, Walk
from loaders.lineage.kept import edges_of
from loaders.lineage.project import Project, read_project
from loaders.lineage.warehouse import LAYERS, stored_tables
from loaders.lineage.written import without_lines
from loaders.settings import Settings

FILES = "select * from audit.file_ledger where file_id = any(:files)"
# Tables whose keys say nothing of a person, and which of their columns are shown.
NUMBERS = "indicators.indicator_value"
SHOW_NUMBERS = f"""
    select indicator_code, period, grain, org_code, numerator, denominator,
           round(value, 4) as value, status
    from {NUMBERS}
    where ctid = any(cast(%(places)s as tid[]))
    order by indicator_code, period, grain, org_code
"""


def show_trace(
    engine: Engine,
    settings: Settings,
    asked: str,
    keys: Sequence[str],
    day: date | None = None,
    limit: int = 100,
) -> None:
    """Print the lines that a row came from, or the rows that a line reached.

    `asked` is a table, with a key; or FILE:LINE; or a record key.
    Raises: NothingToTraceError, NothingLandedError, TransformError.
    """
    name, _, number = asked.rpartition(":")
    with engine.connect() as connection:
        # A rebuild moves rows to other places: everything is read from one moment.
        connection.execute(
            text("set transaction isolation level repeatable read read only")
        )
        if name and number.isdecimal() and not keys and "|" not in asked:
            files = files_named(connection, name, day)
            show_fate(connection, files, int(number))
            walk, project = start(connection, settings)
            places = {(f.feed, f.kept_under) for f in files if f.feed}
            for feed, file_id in sorted(places):
                found = rows_of_line(
                    connection, project, walk.stored, feed, file_id, int(number)
                )
                _show_reached(walk, found, (file_id, int(number)), limit)
            return
        walk, project = start(connection, settings)
        table = asked if not keys and "|" in asked else ""
        if table:
            table, keys = _staged_as(project, asked), [asked]
        table = table or table_named(asked, walk.stored)
        if reason := without_lines(project).get(table):
            raise NothingToTraceError(f"No line is behind a row of {table}: {reason}.")
        _show_lines(walk, project, table, rows_asked(walk, project, table, keys), limit)


def start(connection: Connection, settings: Settings) -> tuple[Walk, Project]:
    """What is needed to walk in the warehouse of a connection. Raises: TransformError."""
    project = read_project(settings)
    # Edges join few rows of many tables: the best order is not worth a search among all.
    connection.execute(text("set local geqo_threshold = 6"))
    stored = stored_tables(connection)
    return Walk(connection, edges_of(settings, project, stored), stored), project


def _staged_as(project: Project, record_key: str) -> str:
    system, _, rest = record_key.partition("|")
    whose = {"source_system": system, "source_table": rest.partition("|")[0]}
    for name, fixed in project.constants.items():
        if fixed == whose:
            return name
    raise NothingToTraceError("No system of the county has records with such a key.")


def _show_lines(
    walk: Walk, project: Project, table: str, places: set[str], limit: int
) -> None:
    reached = walk.back(table, places)
    own = own_lines(walk.connection, walk.stored[table], places)
    lines = source_lines(walk.connection, project, walk.stored, reached)
    files = {
        row.file_id: row
        for row in walk.connection.execute(
            text(FILES), {"files": sorted({line.file_id for line in lines})}
        )
    }
    ordered = sorted(lines, key=lambda line: (line[:2] not in own, line))
    print_table(
        f"{table}: {len(places)} 行的来源 lines behind {len(places)} rows",
        ["part", "delivered", "file", "file_id", "line", "feed", "staging"],
        [
            ("本行 its own" if line[:2] in own else "依据 made from",
             f"{files[line.file_id].delivery_date:%Y%m%d}", label(files[line.file_id]),
             line.file_id, line.number, files[line.file_id].feed, line.staged)
            for line in ordered[:limit]
        ],
    )  # fmt: skip
    print(f"{len(lines)} lines of {len(files)} files")
    _show_notes(reached, len(lines) - limit)
    if not lines and not reached.whole:
        raise NothingToTraceError(f"No line is behind these rows of {table}.")


def _show_reached(
    walk: Walk, staged: dict[str, set[str]], line: tuple[int, int], limit: int
) -> None:
    total = Reached()
    for table, places in staged.items():
        one = walk.forward(table, places)
        for name, rows in one.rows.items():
            total.rows.setdefault(name, set()).update(rows)
        total.whole |= one.whole
        total.cut |= one.cut
    order = {schema: place for place, schema in enumerate(LAYERS)}
    names = sorted(total.rows, key=lambda name: (order[name.partition(".")[0]], name))
    print_table(
        "到达的行 rows that the line reached",
        ["table", "rows", "read_from_it", "meaning"],
        [
            (name, len(total.rows[name]), _read_from(walk, name, total.rows[name], line),
             walk.stored[name].comment)
            for name in names
        ],
    )  # fmt: skip
    if set(total.rows) <= set(staged):
        print("未到达任何档案 no row beyond staging was made of it")
    if numbers := total.rows.get(NUMBERS):
        result = walk.connection.exec_driver_sql(SHOW_NUMBERS, {"places": sorted(numbers)})
        columns = list(result.keys())
        print_table("指标 numbers that it reached", columns, result.fetchmany(limit))
    _show_notes(total, len(total.rows.get(NUMBERS, ())) - limit)


def _read_from(
    walk: Walk, name: str, places: set[str], line: tuple[int, int]
) -> int | None:
    """How many of the rows name the line as their own; None where none could."""
    columns = line_columns(walk.stored[name])
    if columns is None or walk.stored[name].is_view:
        return None
    return int(
        walk.connection.exec_driver_sql(
            f"select count(*) from {name} where ctid = any(cast(%(places)s as tid[]))"
            f" and {columns[0]} = %(file)s and {columns[1]} = %(line)s",
            {"places": sorted(places), "file": line[0], "line": line[1]},
        ).scalar_one()
    )


def _show_notes(reached: Reached, not_shown: int) -> None:
    if not_shown > 0:
        print(f"另有 {not_shown} 行未列 and {not_shown} more; see --limit")
    if reached.whole:
        print("整表参与 read as a whole: " + ", ".join(sorted(reached.whole)))
    if reached.cut:
        print("过多，未再追 too many, not followed: " + ", ".join(sorted(reached.cut)))
