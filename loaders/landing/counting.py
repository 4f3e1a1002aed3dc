"""How many rows of a stored file are news, repeats, or older than what is known.

Counts describe the moment of landing. They decide nothing: which version of a row counts
is asked anew, over all landed files, wherever it matters.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, text

from loaders.contracts.model import Contract
from loaders.landing.delivered import Counts
from loaders.landing.points import reached
from loaders.landing.rows import PERIOD
from loaders.landing.schema import (
    key_equals,
    key_hash,
    landing_table,
    make_key_index,
    quoted,
)


def count_rows(
    connection: Connection, contract: Contract, file_id: int, may_hold_copies: bool = True
) -> Counts:
    """The counts of a file that is landed or replaced, from what is stored of it."""
    file = connection.execute(
        text("select * from audit.file_ledger where file_id = :file_id"),
        {"file_id": file_id},
    ).one()
    read, rejected = file.rows_read, file.rows_rejected
    if file.state == "replaced":
        return Counts(read, rejected, superseded=read - rejected)
    repeated, outdated = _compare(connection, contract, file, may_hold_copies)
    not_stored = 0
    if contract.delivery == "watermark":
        # Rows of a database that were known already are not stored a second time.
        stored = connection.scalar(
            text(
                f"select count(*) from {landing_table(contract)} where _file_id = :file_id"
            ),
            {"file_id": file_id},
        )
        not_stored = read - rejected - int(stored or 0)
    return Counts(read, rejected, repeated + not_stored, outdated)


def _compare(
    connection: Connection, contract: Contract, file: Row[Any], may_hold_copies: bool
) -> tuple[int, int]:
    """Rows equal to a landed one, and rows of which a newer version is landed."""
    facts = {
        "file_id": file.file_id,
        "feed": contract.feed,
        "period": file.period,
        "logical_date": file.logical_date,
        "revision": file.revision,
    }
    others, newer = _other_files(connection, facts)
    if not others and not may_hold_copies:
        return 0, 0
    if others and make_key_index(connection, contract):
        reached("key_index_made")
    version = _version_columns(contract)
    could_be_outdated = newer or (others and version)
    wanted = {*contract.key, *version} - {PERIOD}
    names = ", ".join(["_row_hash", *map(quoted, sorted(wanted))])
    query = f"""
        with fresh as (
            select {names}, row_number() over (
                partition by _row_hash order by _line_number
            ) as copy_number
            from {landing_table(contract)}
            where _file_id = :file_id
        ),
        -- A repeat has as many versions beside it as it was sent before: they are not
        -- looked at. Materialized, lest each count below ask everything for itself.
        judged as materialized (
            select case
                when copy_number > 1 or {_is_repeat(contract) if others else "false"}
                    then 'repeat'
                when {_is_outdated(contract, version) if could_be_outdated else "false"}
                    then 'outdated'
            end as verdict
            from fresh
        )
        select count(*) filter (where verdict = 'repeat') as repeated,
               count(*) filter (where verdict = 'outdated') as outdated
        from judged
    """
    counted = connection.execute(text(query), facts).one()
    return counted.repeated, counted.outdated


def _other_files(connection: Connection, facts: dict[str, Any]) -> tuple[bool, bool]:
    """Whether other files of the feed are landed, and any with a later name."""
    row = connection.execute(
        text(
            """
            select exists (
                select from audit.file_ledger
                where feed = :feed and state = 'landed' and file_id <> :file_id
            ), exists (
                select from audit.file_ledger
                where feed = :feed and state = 'landed' and file_id <> :file_id
                  and (logical_date, revision) > (:logical_date, :revision)
            )
            """
        ),
        facts,
    ).one()
    return bool(row[0]), bool(row[1])


def _version_columns(contract: Contract) -> list[str]:
    # The times in a spreadsheet are what people typed: they do not sort as text.
    if contract.format == "sheet":
        return []
    return [*contract.version_by, *([contract.watermark] if contract.watermark else [])]


def _is_repeat(contract: Contract) -> str:
    # Not a join: PostgreSQL would merge the two and walk through the ledger for each row.
    return f"""exists (
        select from {landing_table(contract)} as other
        where {key_hash(contract, "other")} = {key_hash(contract, "fresh")}
          and other._row_hash = fresh._row_hash
          and other._file_id <> :file_id
          and (
              select ledger.state = 'landed'
              from audit.file_ledger as ledger
              where ledger.file_id = other._file_id
          )
    )"""


def _is_outdated(contract: Contract, version: list[str]) -> str:
    same_key = [
        "ledger.period = :period"
        if name == PERIOD
        else f"other.{quoted(name)} {key_equals(contract, name)} fresh.{quoted(name)}"
        for name in contract.key
    ]
    theirs = [f"coalesce(other.{quoted(name)}, '') collate \"C\"" for name in version]
    ours = [f"coalesce(fresh.{quoted(name)}, '') collate \"C\"" for name in version]
    return f"""exists (
        select from {landing_table(contract)} as other
        where {key_hash(contract, "other")} = {key_hash(contract, "fresh")}
          and other._file_id <> :file_id
          and (
              select {" and ".join(same_key)}
                     and ledger.state = 'landed'
                     and ({", ".join([*theirs, "ledger.logical_date", "ledger.revision"])})
                         > ({", ".join([*ours, ":logical_date", ":revision"])})
              from audit.file_ledger as ledger
              where ledger.file_id = other._file_id
          )
    )"""
