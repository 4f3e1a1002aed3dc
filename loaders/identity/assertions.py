"""Identifiers as assertions: who says that a person has which number, and how far it holds.

Goes in: `identity.source_identifier`, for the records in scope. Comes out: the rows of
these records in `identity.identifier_assertion`, each number read in the way of its kind.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.documents import SourceTrust, read_identifier
from loaders.identity.workbench import copy_in, copy_out, put_table

# A record key begins with the letter of its system.
SAID_SQL = """
select
    said.record_key, said.id_type, said.assigner, said.value_raw, said.is_own::text,
    said.first_delivery_on::text, said.last_delivery_on::text,
    split_part(said.record_key, '|', 1) as source_system
from identity.source_identifier as said
"""
IN_SCOPE_SQL = """
inner join (
    select record_key from scope union all select record_key from attached
) as scope on said.record_key = scope.record_key
"""
INDEXES = {
    "identifier_assertion_record": "(record_key)",
    "identifier_assertion_value": "(id_type, value_normalised)",
}
READ_COLUMNS = {
    "id_type": "text", "value_raw": "text", "source_system": "text",
    "value_normalised": "text", "is_valid": "boolean", "verification_level": "integer",
    "flags": "text",
}  # fmt: skip
COLUMNS = (
    "record_key", "id_type", "assigner", "value_raw", "value_normalised", "is_valid",
    "verification_level", "flags", "is_own", "first_seen_on", "last_seen_on",
)  # fmt: skip
ASSERTION_SQL = """
select
    said.record_key, said.id_type, said.assigner, said.value_raw, read.value_normalised,
    read.is_valid, read.verification_level, read.flags, said.is_own,
    said.first_delivery_on as first_seen_on, said.last_delivery_on as last_seen_on
from identifier_said as said
inner join identifier_read as read
    on said.id_type = read.id_type and said.value_raw = read.value_raw
    and said.source_system = read.source_system
"""


@cache
def trust_of(source_system: str) -> SourceTrust:
    """How a system comes by the numbers that it gives."""
    listed = files("loaders.identity").joinpath("data/source_trust.csv").read_text("utf-8")
    trusts = {
        row["source_system"]: row["trust"] for row in csv.DictReader(listed.split("\n"))
    }
    return SourceTrust(trusts.get(source_system, SourceTrust.COPIED))


def renew_assertions(
    connection: Connection, duck: duckdb.DuckDBPyConnection, is_full: bool
) -> None:
    """Write what the records in scope say; records that are gone say nothing any more."""
    if is_full:
        connection.execute(text("truncate identity.identifier_assertion"))
    else:
        connection.execute(
            text(
                "delete from identity.identifier_assertion where record_key in"
                " (select record_key from scope union select record_key from gone)"
            )
        )
    known = connection.scalar(text("select to_regclass('identity.source_identifier')"))
    if known is None:
        return
    if is_full:
        for index in INDEXES:
            connection.execute(text(f"drop index if exists identity.{index}"))
    query = SAID_SQL if is_full else SAID_SQL + IN_SCOPE_SQL
    copy_in(connection, query, duck, "identifier_said")
    said = duck.execute(
        "select distinct id_type, value_raw, source_system from identifier_said"
    ).fetchall()
    put_table(duck, "identifier_read", READ_COLUMNS, [_read(*one) for one in said])
    copy_out(duck, ASSERTION_SQL, connection, "identity.identifier_assertion", COLUMNS)
    if is_full:
        for index, columns in INDEXES.items():
            connection.execute(
                text(f"create index {index} on identity.identifier_assertion {columns}")
            )
        # Who reads it next would take it for a small one.
        connection.execute(text("analyze identity.identifier_assertion"))


def _read(id_type: str, value_raw: str, source_system: str) -> tuple[Any, ...]:
    read = read_identifier(id_type, value_raw, trust_of(source_system))
    flags = "{" + ",".join(read.flags) + "}"
    return (
        id_type, value_raw, source_system, read.normalised, read.valid,
        read.verification_level, flags,
    )  # fmt: skip
