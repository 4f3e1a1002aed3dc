"""From rows to the lines of the files that they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from loaders.console.trace.walk import Reached
from loaders.lineage.project import Project
from loaders.lineage.warehouse import StoredTable

# The two columns that say from which line a row was read, as tables name them.
LINE_COLUMNS = (("_file_id", "_line_number"), ("file_id", "line_number"))


class Line(NamedTuple):
    """A line of a delivered table, and the table of staging that it became a row of."""

    file_id: int
    number: int
    staged: str


def line_columns(table: StoredTable) -> tuple[str, str] | None:
    """The columns of a table that name file and line, if it has them."""
    return next(
        (pair for pair in LINE_COLUMNS if set(pair) <= set(table.column_names)), None
    )


def own_lines(
    connection: Connection, table: StoredTable, places: set[str]
) -> set[tuple[int, int]]:
    """File and line that rows of a table name as their own."""
    columns = line_columns(table)
    if columns is None or table.is_view:
        return set()
    rows = connection.exec_driver_sql(
        f"select {columns[0]}, {columns[1]} from {table.name}"
        f" where ctid = any(cast(%(places)s as tid[])) and {columns[0]} is not null",
        {"places": sorted(places)},
    )
    return {(row[0], row[1]) for row in rows}


def source_lines(
    connection: Connection,
    project: Project,
    stored: Mapping[str, StoredTable],
    reached: Reached,
) -> list[Line]:
    """The lines of every row of staging that was reached, by file and line."""
    return sorted(
        Line(file_id, number, name)
        for name, places in reached.rows.items()
        if name in project.models and project.feed_of(name)
        for file_id, number in own_lines(connection, stored[name], places)
    )


def rows_of_line(
    connection: Connection,
    project: Project,
    stored: Mapping[str, StoredTable],
    feed: str,
    file_id: int,
    number: int,
) -> dict[str, set[str]]:
    """The rows of staging that a line became, by table."""
    found = {}
    for name in project.models:
        if name in stored and project.feed_of(name) == feed:
            rows = connection.exec_driver_sql(
                f"select ctid::text from {name}"
                " where _file_id = %(file_id)s and _line_number = %(number)s",
                {"file_id": file_id, "number": number},
            )
            places: set[str] = set(rows.scalars())
            if places:
                found[name] = places
    return found
