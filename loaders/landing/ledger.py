"""The question to the ledger: does every line that was sent add up?

Goes in: an engine. Comes out: what does not, for a command or a test. Nothing here writes.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.schema import landing_table


class Unbalanced(NamedTuple):
    """A delivered table whose rows do not add up, and in which way."""

    file_id: int
    file_name: str
    member_name: str
    fault: str
    expected: int
    found: int


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
