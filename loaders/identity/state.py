"""What linking remembers from run to run: personal values, told to nobody.

Goes in: a connection to the warehouse. Comes out: the tables of `state.sql`, made where
they are missing and emptied where they tell of other rules, weights or links.
"""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Connection, Engine, text

from loaders.identity.waiting import is_as_left

STATE = (
    "record_state", "strong_key", "rule_cluster", "profile", "block", "pair_score",
    "finding", "claim_state", "applied_decision", "scoring_statement", "engine",
    "link_count", "read_table", "waiting_record",
)  # fmt: skip
# Statistics serve until so large a part of a table is new.
GROWN = 0.2
KNOWN_SQL = (
    "select greatest(reltuples, 0) from pg_class where oid = cast(:table as regclass)"
)


def make_state(engine: Engine) -> None:
    """Make the tables of the state where they are not there yet.

    In a transaction of its own: with wal_level minimal, PostgreSQL would issue the first
    numbers of a new sequence again after a crash.
    """
    tables = files("loaders.identity").joinpath("state.sql").read_text("utf-8")
    with engine.begin() as connection:
        connection.exec_driver_sql(tables)


def prepare_state(connection: Connection, version: str) -> None:
    """Empty the state where other rules or weights made it, or other links are there."""
    known = connection.scalar(text("select version from identity.engine"))
    if known != version or not is_as_left(connection):
        forget(connection)


def forget(connection: Connection) -> None:
    """Forget the state, so that the next run computes everything anew."""
    names = ", ".join(f"identity.{table}" for table in STATE)
    connection.execute(text(f"truncate {names}"))


def renew_statistics(
    connection: Connection, table: str, written: int, columns: str = ""
) -> None:
    """Let the planner know of so many rows written, where they change the picture.

    What a run writes it also reads, before the server would look at the table by itself:
    by these columns, if only some are asked for.
    """
    known = connection.scalar(text(KNOWN_SQL), {"table": table})
    if written > GROWN * float(known or 0):
        connection.execute(text(f"analyze {table} {columns}"))
