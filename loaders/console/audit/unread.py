"""Cells that are filled and gave no date, number or code: where they stand, never what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from expectations.column_counts import columns_to_count, unread_cells_sql
from expectations.layout import read_layout
from expectations.staging import staging_table
from expectations.thresholds import load_thresholds
from loaders.console.audit.asked import need_ledger
from loaders.console.table import print_table
from loaders.contracts.model import load_contracts

CELLS = """
    select file.delivery_date, file.file_name, file.member_name,
           cell.line_number, cell.column_name
    from ({cells}) as cell
    inner join audit.file_ledger as file on cell.file_id = file.file_id
    where cast(:day as date) is null or file.delivery_date = :day
    order by file.delivery_date, file.file_id, cell.line_number, cell.column_name
"""


def show_unread(engine: Engine, feed: str | None, day: date | None) -> None:
    """Print file, line and column of every such cell of the current rows."""
    with engine.connect() as connection:
        need_ledger(connection)
        found = [
            (name, f"{row.delivery_date:%Y%m%d}",
             "/".join(filter(None, (row.file_name, row.member_name))),
             row.line_number, row.column_name)
            for name, row in _unread(connection, feed.upper() if feed else None, day)
        ]  # fmt: skip
    print_table(
        "读不懂的格 cells that could not be read",
        ["feed", "delivered", "file", "line", "column"],
        found,
    )


def _unread(
    connection: Connection, feed: str | None, day: date | None
) -> Iterator[tuple[str, Row[Any]]]:
    layout, limits = read_layout(connection), load_thresholds().staging
    for contract in load_contracts():
        table = staging_table(layout, contract)
        if feed not in (None, contract.feed) or not layout.has(table):
            continue
        columns = columns_to_count(layout, table, contract, limits)
        if columns:
            cells = unread_cells_sql(table, contract, columns)
            for row in connection.execute(text(CELLS.format(cells=cells)), {"day": day}):
                yield contract.feed, row
