"""A table of a delivered SQLite database, opened read-only.

Rows are numbered by SQLite's own row number, or where a table has none by their place in
key order: a row has the same number whether the table is read whole or from its watermark
on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import URL, Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from loaders.contracts.model import Contract
from loaders.contracts.spelling import by_contract
from loaders.landing.readers.cells import cell_text, is_encodable
from loaders.landing.readers.reading import Reading, Record
from loaders.landing.refusal import FileRefusedError

BATCH = 2000
LARGEST_NUMBER = 2**31 - 1
# Which rows: all, those from the watermark on, or those before it.
Part = Literal["all", "since", "before"]


@contextmanager
def open_database(path: Path) -> Iterator[Connection]:
    """A connection that cannot write. Raises: FileRefusedError when it is no database."""
    # immutable: SQLite makes no lock or journal beside a file that nobody changes.
    address = URL.create(
        "sqlite",
        database=f"file:{quote(str(path))}",
        query={"mode": "ro", "immutable": "1", "uri": "true"},
    )
    engine = create_engine(address, hide_parameters=True, poolclass=NullPool)
    event.listen(engine, "connect", _decode_later)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        if error.orig is None or not type(error.orig).__module__.startswith("sqlite3"):
            raise
        raise FileRefusedError("the file is not a readable SQLite database") from error
    finally:
        engine.dispose()


def table_names(database: Connection) -> set[str]:
    """The tables and views of a database."""
    query = "select name from sqlite_master where type in ('table', 'view')"
    return set(database.scalars(text(query)).all())


def count_rows(database: Connection, table: str) -> int:
    """How many rows a table has."""
    return int(database.scalar(text(f"select count(*) from {_name(table)}")) or 0)


def read_database_table(
    database: Connection, contract: Contract, part: Part, watermark: str | None
) -> Reading:
    """Rows of the contract's table. Raises: FileRefusedError without a key column."""
    table = _name(contract.table)
    described = database.execute(text(f"pragma table_info({table})")).all()
    columns = [str(row.name) for row in described]
    for place, name in enumerate(columns, start=1):
        if not is_encodable(name):
            raise FileRefusedError(f"the name of column {place} is not in UTF-8")
    promised, _ = by_contract(contract, columns)
    came_as = dict(zip(promised, columns, strict=True))
    needed = [*contract.key, *([contract.watermark] if contract.watermark else [])]
    if missing := [name for name in needed if name not in came_as]:
        raise FileRefusedError(f"columns missing: {', '.join(missing)}")
    key = tuple(came_as[name] for name in contract.key)
    numbered = _numbered(database, table, columns, key)
    stamp = came_as[contract.watermark] if contract.watermark else None
    query = f"select * from ({numbered}) {_condition(stamp, part)}"
    parameters = {"watermark": watermark} if part != "all" else {}
    return Reading(columns, _records(database, query, parameters))


def _numbered(
    database: Connection, table: str, columns: list[str], key: tuple[str, ...]
) -> str:
    """All rows with a number before them; row numbers of SQLite need no sorting."""
    try:
        # One by one SQLite looks both up; together it reads the whole table.
        first, last = (
            database.scalar(text(f"select {end}(rowid) from {table}"))
            for end in ("min", "max")
        )
    except DBAPIError:
        # A view, or a table made without row numbers.
        first = last = None
    own = {"rowid", "oid", "_rowid_"} & {name.lower() for name in columns}
    if first is not None and 0 < first <= last <= LARGEST_NUMBER and not own:
        return f"select rowid, * from {table}"
    order = ", ".join(_name(name) for name in key)
    return f"select row_number() over (order by {order}), * from {table}"


def _records(
    database: Connection, query: str, parameters: dict[str, str | None]
) -> Iterator[Record]:
    rows = database.execution_options(yield_per=BATCH).execute(text(query), parameters)
    for row in rows:
        yield Record(row[0], 0, [cell_text(value) for value in row[1:]], None)


def _condition(watermark: str | None, part: Part) -> str:
    if part == "all" or watermark is None:
        return ""
    column = _name(watermark)
    # What is not written like a moment stands nowhere: it may have changed at any time.
    stands = f"{column} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
    if part == "before":
        return f"where {stands} and {column} < :watermark"
    return f"where {column} >= :watermark or {column} is null or not {stands}"


def _decode_later(connection: Any, _: object) -> None:
    # Bytes that are not UTF-8 must cost one row, not the whole table.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def _name(name: str) -> str:
    # SQLAlchemy reads a colon as the beginning of a parameter.
    return '"' + name.replace('"', '""').replace(":", r"\:") + '"'
