"""A county small enough to count by hand, in a database of its own.

Four people, six visits, two institutions, one indicator; rows of landing are made to the
contracts, everything after landing is written by hand in `tiny_county.sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, text

from loaders.contracts.model import contract_of
from loaders.landing.schema import prepare
from loaders.warehouse.runs import RUN_TABLE

BY_HAND = Path(__file__).with_suffix(".sql")
GATES = ("landing", "staging", "record", "indicators")


def build_tiny_county(warehouse: Engine) -> None:
    """Put the county into an empty warehouse."""
    prepare(warehouse)
    with warehouse.begin() as connection:
        connection.execute(text(RUN_TABLE.read_text("utf-8")))
        connection.execute(text(BY_HAND.read_text("utf-8")))
        _land(connection, "A01", 1, 4)
        _land(connection, "A02", 2, 6)
    # A database that is copied may have no visitors.
    warehouse.dispose()


@contextmanager
def copy_of(built: Engine) -> Iterator[Engine]:
    """An engine on a copy of a database; making one takes a fraction of building one."""
    name = f"copy_{uuid4().hex[:12]}"
    admin = create_engine(built.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(
                f'create database {name} template "{built.url.database}" strategy file_copy'
            )
        )
    copy = create_engine(built.url.set(database=name), hide_parameters=True)
    try:
        yield copy
    finally:
        copy.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        admin.dispose()


def begin_build(county: Engine, code: str = "c1") -> int:
    """Open a run, as the pipeline does; returns its number."""
    with county.begin() as connection:
        return connection.execute(
            text(
                "insert into audit.run (kind, code_digest) values ('build', :code)"
                " returning run_id"
            ),
            {"code": code},
        ).scalar_one()


def say_yes(county: Engine, run_id: int, stages: tuple[str, ...] = GATES) -> None:
    """Write a yes of these gates for a run, without asking them."""
    from expectations.results import begin_gate, finish_gate

    for stage in stages:
        begin_gate(county, run_id, stage)
        finish_gate(county, run_id, stage, "passed", "said so by a test")


def do(county: Engine, *statements: str) -> None:
    """Run statements in one transaction."""
    with county.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def settle(county: Engine) -> None:
    """Wait until the server has counted all rows that were written through this engine."""
    county.dispose()
    others = (
        "select exists (select from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend')"
    )
    until = monotonic() + 30
    while any(row[0] for row in ask(county, others)):
        if monotonic() > until:
            raise TimeoutError("somebody else stays connected")
        sleep(0.01)


def ask(county: Engine, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with county.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _land(connection: Connection, feed: str, file_id: int, rows: int) -> None:
    contract = contract_of(feed)
    columns = ", ".join(f'"{name}"' for name in contract.column_names)
    values = ", ".join(f"'{name} ' || line" for name in contract.column_names)
    connection.execute(
        text(
            f"insert into landing.{contract.name}"
            f" (_file_id, _line_number, _row_hash, {columns})"
            f" select {file_id}, line + 1, md5(line::text)::uuid, {values}"
            f" from generate_series(1, {rows}) as line"
        )
    )
