"""Questions to the ledger: what came, what became of it, does every line add up?

Goes in: an engine. Comes out: rows that a command or a test can print. Nothing here writes.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.schema import landing_table

SUMS = """
    count(*)::integer as tables,
    sum(rows_manifest)::bigint as rows_manifest,
    sum(rows_read)::bigint as rows_read,
    sum(rows_accepted)::bigint as rows_accepted,
    sum(rows_rejected)::bigint as rows_rejected,
    sum(rows_duplicate)::bigint as rows_duplicate,
    sum(rows_superseded)::bigint as rows_superseded
"""


class LedgerSum(NamedTuple):
    """Delivered tables of one group in one state, and their rows."""

    group: str
    state: str
    tables: int
    rows_manifest: int | None
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    rows_superseded: int


class ChainLink(NamedTuple):
    """One delivery of a table: when and under which name, and what became of it."""

    file_id: int
    delivery_date: date
    file_name: str
    member_name: str
    state: str
    state_reason: str | None
    replaced_by: int | None
    rows_read: int


class Unbalanced(NamedTuple):
    """A delivered table whose rows do not add up, and in which way."""

    file_id: int
    file_name: str
    member_name: str
    fault: str
    expected: int
    found: int


def sums_by_feed(engine: Engine) -> list[LedgerSum]:
    """Sums per feed and state; tables without a contract stand under their system."""
    return _sums(engine, "coalesce(feed, system || '··')")


def sums_by_delivery(engine: Engine) -> list[LedgerSum]:
    """Sums per day of delivery and state."""
    return _sums(engine, "delivery_date::text")


def file_chain(engine: Engine, feed: str, period: str) -> list[ChainLink]:
    """Every delivery of one feed and period, in the order of the folders."""
    query = text(
        """
        select file_id, delivery_date, file_name, member_name, state, state_reason,
               replaced_by, rows_read
        from audit.file_ledger
        where feed = :feed and period = :period
        order by delivery_date, file_name, member_name, file_id
        """
    )
    with engine.connect() as connection:
        rows = connection.execute(query, {"feed": feed, "period": period})
        return [ChainLink._make(row) for row in rows]


def balanced(engine: Engine) -> list[Unbalanced]:
    """The delivered tables that do not balance; an empty list is what one wants to see.

    Of every loaded table, the rows read are those that the manifest announces, and every
    row is stored, or set aside with a reason, or known from an earlier delivery.
    """
    with engine.connect() as connection:
        found = _read_as_announced(connection) + _rejects_kept(connection)
        for contract in load_contracts():
            found += _rows_stored(connection, contract)
    return found


def _sums(engine: Engine, group: str) -> list[LedgerSum]:
    query = text(
        f"""
        select {group} as grouped, state, {SUMS}
        from audit.file_ledger
        group by {group}, state
        order by {group}, state
        """
    )
    with engine.connect() as connection:
        return [LedgerSum._make(row) for row in connection.execute(query)]


def _read_as_announced(connection: Connection) -> list[Unbalanced]:
    query = text(
        """
        select file_id, file_name, member_name, 'rows read as announced',
               rows_manifest, rows_read
        from audit.file_ledger
        where state in ('landed', 'replaced', 'duplicate')
          and rows_read is distinct from rows_manifest
        union all
        select file_id, file_name, member_name, 'rows read are accounted for',
               rows_read,
               rows_accepted + rows_rejected + rows_duplicate + rows_superseded
        from audit.file_ledger
        where rows_read
            <> rows_accepted + rows_rejected + rows_duplicate + rows_superseded
        order by 1, 4
        """
    )
    return [Unbalanced._make(row) for row in connection.execute(query)]


def _rejects_kept(connection: Connection) -> list[Unbalanced]:
    query = text(
        """
        select ledger.file_id, ledger.file_name, ledger.member_name,
               'rejected rows are kept', ledger.rows_rejected,
               count(reject.file_id)::integer
        from audit.file_ledger as ledger
        left join landing.reject on ledger.file_id = reject.file_id
        group by ledger.file_id
        having ledger.rows_rejected <> count(reject.file_id)
        order by ledger.file_id
        """
    )
    return [Unbalanced._make(row) for row in connection.execute(query)]


def _rows_stored(connection: Connection, contract: Contract) -> list[Unbalanced]:
    # A database is delivered whole each time: rows that are known are not stored again.
    differs = "<" if contract.delivery == "watermark" else "<>"
    query = text(
        f"""
        with stored as (
            select _file_id as file_id, count(*)::integer as row_count
            from {landing_table(contract)}
            group by _file_id
        )
        select ledger.file_id, ledger.file_name, ledger.member_name, 'rows are stored',
               ledger.rows_read - ledger.rows_rejected, coalesce(stored.row_count, 0)
        from audit.file_ledger as ledger
        left join stored on ledger.file_id = stored.file_id
        where ledger.feed = :feed
          and ledger.state in ('landed', 'replaced')
          and ledger.rows_read - ledger.rows_rejected
              {differs} coalesce(stored.row_count, 0)
        order by ledger.file_id
        """
    )
    return [
        Unbalanced._make(row) for row in connection.execute(query, {"feed": contract.feed})
    ]
