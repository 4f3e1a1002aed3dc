"""DuckDB as a workbench: rows in from PostgreSQL and from Python, always whole columns.

One run has one workbench, in memory; nothing of it outlives the run. Every result is
fetched to its end before the next statement, as DuckDB 2 demands.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import csv
from sqlalchemy import Connection

from loaders.identity.person_name import PersonName

ROWS_AT_ONCE = 50_000
BYTES_AT_ONCE = 16_000_000
KINDS = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Claim:
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
    """Bring the rows of a PostgreSQL query, all of them text, into the workbench."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    with (
        driver.cursor() as cursor,
        cursor.copy(f"copy ({query}) to stdout (format csv, header)") as copy,
    ):
        blocks = iter(copy)
        # PostgreSQL sends row by row, and the names of the columns first.
        header = bytes(next(blocks)).decode().rstrip("\n").split(",")
        delivered = io.BytesIO()
        is_first = True
        for block in blocks:
            if delivered.tell() > BYTES_AT_ONCE:
                _put(duck, table, _read(delivered, header), append=not is_first)
                delivered, is_first = io.BytesIO(), False
            delivered.write(block)
        _put(duck, table, _read(delivered, header), append=not is_first)


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


def _put(
    duck: duckdb.DuckDBPyConnection, table: str, arrow: pa.Table, *, append: bool = False
) -> None:
    duck.register("arriving", arrow)
    made = f"insert into {table}" if append else f"create or replace table {table} as"
    duck.execute(f"{made} from arriving")
    duck.unregister("arriving")
