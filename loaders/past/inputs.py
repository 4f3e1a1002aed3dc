"""What a release was made from, beside today's: files, rows, links, stewards' words.

Goes in: a run, whose build the release stands on. Comes out: the schema `as_of_input` with
a relation for every source that a model may read, under the source's own name. Landed rows
are not copied: a view shows those of the files that were known, under the files that had
them then. What is not laid out here cannot be read, so nothing of today slips in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from loaders.contracts.model import Contract, load_contracts
from loaders.identity.assertions import trust_of
from loaders.identity.documents import read_identifier
from loaders.landing.schema import landing_table, quoted
from loaders.past.keep import FILE_FACTS

INPUT = "as_of_input"
NUMBERS_AT_ONCE = 50_000
STOOD = "valid_from_run <= :run_id and (valid_to_run is null or valid_to_run > :run_id)"

# One content is stored once; which of its files holds it can be another one by now.
STORED_FILE = f"""
    create table {INPUT}.stored_file as
    select past.feed, past.file_id, owner.file_id as stored_under
    from {INPUT}.file_ledger as past
    inner join audit.file_ledger as owner
        on past.feed = owner.feed and past.period = owner.period
        and past.sha256 = owner.sha256 and owner.state in ('landed', 'replaced')
    where past.state in ('landed', 'replaced')
"""
# A row lies where the earliest delivery had it. Of those that had it before, the one that
# the release knew as its owner is the last that gave it away to a file not known then.
MOVED_ROW = f"""
    create table {INPUT}.moved_row as
    select distinct on (moved.to_file_id, moved.to_line_number)
        moved.feed, moved.to_file_id, moved.to_line_number,
        stored.file_id, moved.from_line_number as line_number
    from audit.moved_row as moved
    inner join {INPUT}.stored_file as stored on moved.from_file_id = stored.file_id
    where not exists (
        select from {INPUT}.stored_file as known where known.stored_under = moved.to_file_id
    )
    order by moved.to_file_id, moved.to_line_number, moved.move_id desc
"""
LATER_ROW = f"""
    create table {INPUT}.later_row as
    select feed, file_id, line_number from audit.replayed_row
    where known_from_run is null or known_from_run > :run_id
"""
EVENT_OWNER = f"""
    create table {INPUT}.event_owner as
    select event_record_key, owner_record_key
    from identity.event_owner_history where {STOOD}
"""
# What else a link says, the record itself says: as it was known then.
PERSON_LINK = f"""
    create table {INPUT}.person_link as
    select
        link.record_key, source.source_system, source.source_table, source.org_code,
        source.native_id, source.native_part, link.person_id, link.method, link.rule,
        link.probability, link.linked_to, source.first_delivery_on, link.is_contested,
        source.named_since
    from identity.person_link_as_of(:run_id) as link
    left join as_of_identity.source_person as source on link.record_key = source.record_key
"""
# The record of each number is read again, and what the number is worth is worked out again.
SAID = """
    select distinct said.id_type, said.value_raw, source.source_system
    from as_of_identity.source_identifier as said
    inner join as_of_identity.source_person as source on said.record_key = source.record_key
"""
READ_NUMBER = f"""
    create table {INPUT}.read_number (
        id_type text, value_raw text, source_system text,
        value_normalised text, is_valid boolean, verification_level smallint, flags text[]
    )
"""
ASSERTION = f"""
    create table {INPUT}.identifier_assertion as
    select
        said.record_key, said.id_type, said.assigner, said.value_raw,
        read.value_normalised, read.is_valid, read.verification_level, read.flags,
        said.is_own, said.first_delivery_on as first_seen_on,
        said.last_delivery_on as last_seen_on
    from as_of_identity.source_identifier as said
    inner join as_of_identity.source_person as source on said.record_key = source.record_key
    inner join {INPUT}.read_number as read
        on said.id_type = read.id_type and said.value_raw = read.value_raw
        and source.source_system = read.source_system
"""


class InputsMissingError(RuntimeError):
    """A link of then is of a record that the landed rows of then do not hold."""


def lay_out_files(connection: Connection, run_id: int) -> int:
    """Make the schema with what staging reads; returns how many files were known."""
    run = {"run_id": run_id}
    connection.exec_driver_sql(f"create schema {INPUT}")
    names = ", ".join(("file_id", *FILE_FACTS))
    files = connection.execute(
        text(
            f"create table {INPUT}.file_ledger as"
            f" select {names} from audit.file_ledger_history where {STOOD}"
        ),
        run,
    ).rowcount
    for statement in (STORED_FILE, MOVED_ROW, LATER_ROW, EVENT_OWNER):
        connection.execute(text(statement), run)
    for table in ("file_ledger", "stored_file", "moved_row", "later_row"):
        connection.exec_driver_sql(f"analyze {INPUT}.{table}")
    _copy_view(connection, "landing", "full_list", "audit")
    moved, later = (
        set(connection.scalars(text(f"select distinct feed from {INPUT}.{table}")))
        for table in ("moved_row", "later_row")
    )
    for contract in load_contracts():
        _lay_out_rows(connection, contract, contract.feed in moved, contract.feed in later)
    return int(files)


def lay_out_people(engine: Engine, run_id: int) -> int:
    """Add what the golden record and the record read, once records are staged; the links.

    Raises: InputsMissingError.
    """
    with engine.begin() as connection:
        run = {"run_id": run_id}
        links = connection.execute(text(PERSON_LINK), run).rowcount
        lost = connection.scalar(
            text(f"select count(*) from {INPUT}.person_link where source_system is null")
        )
        if lost:
            raise InputsMissingError(f"{lost} links are of records that are not there.")
        connection.exec_driver_sql(
            f"create unique index on {INPUT}.person_link (record_key)"
        )
        connection.exec_driver_sql(READ_NUMBER)
        with engine.connect() as reading:
            said = reading.execution_options(yield_per=NUMBERS_AT_ONCE).execute(text(SAID))
            for numbers in said.partitions():
                _copy(connection, f"{INPUT}.read_number", map(_read, numbers))
        connection.execute(text(ASSERTION))
        for table in ("person_link", "identifier_assertion"):
            connection.exec_driver_sql(f"analyze {INPUT}.{table}")
    return int(links)


def _copy_view(connection: Connection, schema: str, name: str, reads: str) -> None:
    """Make a view again that reads the tables of then in place of those in `reads`."""
    connection.exec_driver_sql(f"set local search_path = {reads}")
    definition = connection.scalar(
        text("select pg_get_viewdef(cast(:view as regclass))"), {"view": f"{schema}.{name}"}
    )
    connection.exec_driver_sql(f"set local search_path = {INPUT}")
    connection.exec_driver_sql(f"create view {INPUT}.{name} as {definition}")
    connection.exec_driver_sql("reset search_path")


def _lay_out_rows(
    connection: Connection, contract: Contract, has_moved: bool, has_later: bool
) -> None:
    target = landing_table(contract)
    cells = ", ".join(
        f"landed.{quoted(name)}"
        for name in connection.scalars(
            text(
                "select attname from pg_attribute where attrelid = to_regclass(:name)"
                " and attnum > 0 and not attisdropped order by attnum"
            ),
            {"name": target},
        )
        if name not in ("_file_id", "_line_number")
    )
    known = f"""
        select stored.file_id as _file_id, landed._line_number, {cells}
        from {target} as landed
        inner join {INPUT}.stored_file as stored on landed._file_id = stored.stored_under
    """
    not_later = f"""
        not exists (
            select from {INPUT}.later_row as later
            where later.file_id = landed._file_id
              and later.line_number = landed._line_number
        )
    """
    if has_later:
        known += f"where {not_later}"
    if has_moved:
        known += f"""
            union all
            select moved.file_id, moved.line_number, {cells}
            from {target} as landed
            inner join {INPUT}.moved_row as moved
                on landed._file_id = moved.to_file_id
                and landed._line_number = moved.to_line_number
        """
    view = f"create view {INPUT}.{quoted(contract.name)} as {known}"
    connection.exec_driver_sql(view.replace("%", "%%"))


def _read(said: Row[Any]) -> tuple[Any, ...]:
    read = read_identifier(said.id_type, said.value_raw, trust_of(said.source_system))
    return (
        said.id_type, said.value_raw, said.source_system, read.normalised, read.valid,
        read.verification_level, list(read.flags),
    )  # fmt: skip


def _copy(connection: Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    with driver.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
