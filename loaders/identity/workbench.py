"""DuckDB as a workbench: rows in from PostgreSQL and from Python, always whole columns.

One run has one workbench, in memory; nothing of it outlives the run. Every result is
fetched to its end before the next statement, as DuckDB 2 demands.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from pyarrow import csv
from sqlalchemy import Connection

from loaders.identity.person_name import PersonName

# As much as fits into memory that is given back and taken again at no cost.
ROWS_AT_ONCE = 10_000
BYTES_AT_ONCE = 4_000_000
KINDS = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


class Claim(NamedTuple):
    """What one or more records, all alike, say about who they are."""

    claim: int
    name: PersonName
    born_on: date | None
    sex_code: str | None
    id_kind: str
    id_key: str | None
    id_text: str | None
    id_born_on: date | None
    id_sex_code: str | None
    is_under_mother: bool
    record_count: int


@dataclass(frozen=True)
class Workbench:
    """The DuckDB connection with the tables of one run, its names and claims by number."""

    duck: duckdb.DuckDBPyConnection
    names: Sequence[PersonName]
    claims: dict[int, Claim] = field(default_factory=dict)


def put_table(
    duck: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Make a table of the workbench from Python rows; `columns` maps a name to its kind."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrow = pa.table(
        {
            name: pa.array(column, KINDS[kind])
            for (name, kind), column in zip(columns.items(), values, strict=True)
        }
    )
    _put(duck, table, arrow)


def copy_in(
    connection: Connection, query: str, duck: duckdb.DuckDBPyConnection, table: str
) -> None:
    """Bring the rows of a PostgreSQL query, all of them text, into a workbench table."""
    _put(duck, table, _rows_of(connection, query))


def show(
    connection: Connection,
    query: str,
    duck: duckdb.DuckDBPyConnection,
    view: str,
    numbered: str | None = None,
) -> None:
    """Like `copy_in`, as a view of the workbench: for rows that are read once or twice.

    `numbered` names a further column, the number of the row. `duck.unregister(view)` lets
    the rows go.
    """
    rows = _rows_of(connection, query)
    if numbered:
        rows = rows.append_column(numbered, pa.array(range(rows.num_rows), pa.int64()))
    duck.register(view, rows)


def _rows_of(connection: Connection, query: str) -> pa.Table:
    """The rows of a PostgreSQL query, a column of text for each of its columns."""
    driver: Any = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    # PostgreSQL sends row by row, and the names of the columns first. What the driver does
    # for each row besides would take longer than the rows.
    server = driver.pgconn
    begun = server.exec_(f"copy ({query}) to stdout (format csv, header)".encode())
    if begun.status != ExecStatus.COPY_OUT:
        raise error_from_result(begun)
    _, names = server.get_copy_data(0)
    header = bytes(names).decode().rstrip("\n").split(",")
    batches, delivered = [], io.BytesIO()
    # While rows are arriving, those that have arrived are read.
    with ThreadPoolExecutor(1) as reader:
        while True:
            size, row = server.get_copy_data(0)
            if size < 0:
                break
            delivered.write(row)
            if delivered.tell() > BYTES_AT_ONCE:
                batches.append(reader.submit(_read, delivered, header))
                delivered = io.BytesIO()
    while (ended := server.get_result()) is not None:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
    return pa.concat_tables([*(b.result() for b in batches), _read(delivered, header)])


def _read(delivered: io.BytesIO, header: list[str]) -> pa.Table:
    if not delivered.tell():
        return pa.table({name: pa.array([], pa.string()) for name in header})
    delivered.seek(0)
    return csv.read_csv(
        delivered,
        read_options=csv.ReadOptions(column_names=header),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        # PostgreSQL writes null as nothing and an empty text as "".
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )


def copy_out(
    duck: duckdb.DuckDBPyConnection,
    query: str,
    connection: Connection,
    table: str,
    columns: Sequence[str],
) -> None:
    """Bring the rows of a workbench query into a table of PostgreSQL, a batch at a time."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    statement = f"copy {table} ({', '.join(columns)}) from stdin (format csv)"
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in duck.sql(query).to_arrow_reader(ROWS_AT_ONCE):
            lines = io.BytesIO()
            csv.write_csv(batch, lines, options)
            copy.write(lines.getvalue())


def _put(duck: duckdb.DuckDBPyConnection, table: str, arrow: pa.Table) -> None:
    duck.register("arriving", arrow)
    duck.execute(f"create or replace table {table} as from arriving")
    duck.unregister("arriving")
