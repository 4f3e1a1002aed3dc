"""Counts of staging tables that are kept as rows are written, at the cost of these rows.

A pass over every cell that ever came takes longer every year. So a table is counted once,
and triggers add what comes and take away what goes, whoever writes it, in the same
transaction. Where there is any doubt that they saw everything, it is counted again: another
table, rows of landing that were changed or taken out, other rules, or other numbers of rows
written than the server has counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import Connection, text

from expectations.check import literal
from expectations.column_counts import (
    OF_COLUMN,
    OF_TABLE,
    Counted,
    whole_sql,
    written_sql,
)
from expectations.layout import Layout
from expectations.unchanged import PLACE
from loaders.contracts.model import Contract

# Rows that only came to landing are another matter: staging shows them when it reads them.
STATE = f"""
select
    (
        select {PLACE} from pg_class as class where class.oid = staged.relid
    ) as place,
    (
        select concat_ws(' ', {PLACE}, landed.n_tup_upd, landed.n_tup_del)
        from pg_class as class where class.oid = landed.relid
    ) as landed,
    staged.n_tup_ins + 2 * staged.n_tup_upd + staged.n_tup_del as written
from pg_stat_all_tables as staged
cross join pg_stat_all_tables as landed
where
    staged.relid = cast(:table as regclass)
    and landed.relid = cast(:landing as regclass)
"""
# Which rows came and went is told to a trigger of one kind of change alone.
TRIGGERS = {
    "counted_come": "after insert on {table} referencing new table as come",
    "counted_gone": "after delete on {table} referencing old table as gone",
    "counted_both": "after update on {table}"
    " referencing old table as gone new table as come",
}
KNOWN = "select node, written_count from audit.table_count where suite = :table"
ROWS = "select suite, row_count from audit.table_count where suite = any(:tables)"


def keep_counts(
    connection: Connection,
    layout: Layout,
    table: str,
    contract: Contract,
    columns: Iterable[Counted],
) -> None:
    """Count a table, unless its counts have been kept up to now."""
    wanted = list(columns)
    adding = written_sql(layout, table, contract, wanted)
    asked = {"table": table, "landing": f"landing.{contract.name}"}
    state = connection.execute(text(STATE), asked).one()
    rules = sha256(adding.encode()).hexdigest()[:16]
    node = f"{state.place} {state.landed} {rules}"
    known = connection.execute(text(KNOWN), asked).one_or_none()
    if known is not None and tuple(known) == (node, state.written):
        return
    _let_count(connection, table, adding)
    _count(connection, table, whole_sql(layout, table, contract, wanted), wanted)
    connection.execute(
        text(
            "update audit.table_count set node = :node, written_count = :written"
            " where suite = :table"
        ),
        {"table": table, "node": node, "written": state.written},
    )


def rows_of(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of the counted tables has."""
    rows = connection.execute(text(ROWS), {"tables": sorted(tables)})
    return {row.suite: int(row.row_count) for row in rows}


def _let_count(connection: Connection, table: str, adding: str) -> None:
    # From here on nobody else may write until the count is committed.
    for name, when in TRIGGERS.items():
        # Without parameters, and so without a meaning of colons and percent signs.
        connection.execution_options(no_parameters=True).exec_driver_sql(
            f"create or replace trigger {name} {when.format(table=table)}"
            f" for each statement execute function"
            f" audit.count_written_rows({literal(adding)})"
        )


def _count(connection: Connection, table: str, query: str, columns: list[Counted]) -> None:
    plainly = connection.execution_options(no_parameters=True)
    # Asked by itself: what also writes is not shared among the server's processes.
    counts = [int(one or 0) for one in plainly.exec_driver_sql(query).one()]
    of_table = dict(zip(OF_TABLE, counts, strict=False))
    for known in ("table_count", "column_count"):
        connection.execute(
            text(f"delete from audit.{known} where suite = :table"), {"table": table}
        )
    _insert(connection, "table_count", [{"suite": table, **of_table}])
    rest = counts[len(OF_TABLE) :]
    width = len(OF_COLUMN)
    _insert(
        connection,
        "column_count",
        [
            {
                "suite": table,
                "column_name": column.name,
                **dict(zip(OF_COLUMN, rest[place * width :], strict=False)),
            }
            for place, column in enumerate(columns)
        ],
    )


def _insert(connection: Connection, table: str, rows: list[dict[str, str | int]]) -> None:
    if rows:
        names = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        connection.execute(
            text(f"insert into audit.{table} ({names}) values ({values})"), rows
        )
