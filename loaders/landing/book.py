"""Writing the ledger: one row per delivered table, found again by where it lay.

Goes in: a connection inside the transaction that also writes the rows. Comes out: ledger
rows. A row whose table was not stored is written over when the same table is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy import Connection, text

from loaders.contracts.model import Contract
from loaders.landing.delivered import STORED, Counts, DeliveredTable, State

PLACE = """
    delivery_date = :delivery_date and folder = :folder
    and file_name = :file_name and member_name = :member_name
"""
# Everything of these feeds is complete each time.
ALWAYS_FULL = frozenset({"snapshot", "watermark", "replace_period"})


class Known(NamedTuple):
    """A ledger row of the same table in the same place."""

    file_id: int
    state: State
    state_reason: str | None

    @property
    def is_stored(self) -> bool:
        return self.state in STORED


def lock_feed(connection: Connection, feed: str) -> None:
    """Keep other landings of this feed out until the transaction ends."""
    connection.execute(
        text("select pg_advisory_xact_lock(hashtext('landing'), hashtext(:feed))"),
        {"feed": feed},
    )


def find(connection: Connection, table: DeliveredTable) -> Known | None:
    """What the ledger has on this table: these bytes, or nothing but its name so far."""
    row = connection.execute(
        text(
            f"""
            select file_id, state, state_reason from audit.file_ledger
            where {PLACE}
              and (
                  sha256 is not distinct from :sha256
                  or state in ('missing', 'no_contract')
              )
            order by (sha256 is not distinct from :sha256) desc, file_id desc limit 1
            """
        ),
        _place(table) | {"sha256": table.sha256},
    ).one_or_none()
    return Known(row.file_id, row.state, row.state_reason) if row else None


def record(
    connection: Connection,
    table: DeliveredTable,
    state: State,
    reason: str | None,
    run_id: int,
    counts: Counts | None = None,
) -> int:
    """Write the ledger row of a table and return its number."""
    known = find(connection, table)
    if known is not None and state in STORED:
        _ask_again(connection, known.file_id)
    values = _place(table) | _facts(table) | _count_columns(counts or Counts())
    values |= {"state": state, "state_reason": reason, "batch_id": run_id}
    if known is None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        statement = f"insert into audit.file_ledger ({names}) values ({marks})"
    else:
        pairs = ", ".join(f"{name} = :{name}" for name in values)
        statement = f"""
            update audit.file_ledger
            set {pairs}, replaced_by = null, recorded_at = clock_timestamp()
            where file_id = :file_id
        """
    numbered = values | ({"file_id": known.file_id} if known else {})
    return int(
        connection.execute(text(statement + " returning file_id"), numbered).scalar_one()
    )


def write_counts(connection: Connection, file_id: int, counts: Counts) -> None:
    """Set the counts of a ledger row."""
    update(connection, file_id, _count_columns(counts))


def update(connection: Connection, file_id: int, values: Mapping[str, object]) -> None:
    """Set columns of a ledger row."""
    pairs = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(
        text(f"update audit.file_ledger set {pairs} where file_id = :file_id"),
        {**values, "file_id": file_id},
    )


def refresh_full(connection: Connection, contract: Contract) -> None:
    """Say of every file of a feed whether it is part of a full list.

    The first delivery is full without a mark; which one is the first can change when an
    earlier one arrives late, so it is always asked anew.
    """
    if contract.delivery != "delta_and_full":
        return
    first = connection.scalar(
        text("select min(logical_date) from audit.file_ledger where feed = :feed"),
        {"feed": contract.feed},
    )
    connection.execute(
        text(
            """
            update audit.file_ledger
            set is_full = is_marked_full or logical_date = :first
            where feed = :feed
              -- Elsewhere both are the same and right; so an index finds what may be wrong.
              and (is_full <> is_marked_full or logical_date = :first)
              and is_full <> (is_marked_full or logical_date = :first)
            """
        ),
        {"feed": contract.feed, "first": first},
    )


def settle_refusals(connection: Connection, system: str) -> None:
    """Say of every refused or missing table of a system which good copy took its place.

    Those of which it is said already are not looked at: see `_ask_again`.
    """
    connection.execute(
        text(
            """
            with good as (
                select waiting.file_id, min(good.file_id) as good_id
                from audit.file_ledger as waiting
                -- One after the other, each by an index of its own.
                cross join lateral (
                    select same.file_id, same.system, same.state
                    from audit.file_ledger as same
                    where same.feed = waiting.feed
                      and same.period = waiting.period
                      and same.slot = waiting.slot
                    union all
                    select named.file_id, named.system, named.state
                    from audit.file_ledger as named
                    where named.file_name = waiting.file_name
                      and waiting.member_name in ('', named.member_name)
                      and named.delivery_date >= waiting.delivery_date
                ) as good
                where waiting.system = :system
                  and waiting.state in ('refused', 'missing')
                  and waiting.replaced_by is null
                  and good.system = waiting.system
                  and good.state in ('landed', 'replaced', 'duplicate')
                group by waiting.file_id
            )
            update audit.file_ledger
            set replaced_by = good.good_id
            from good
            where file_ledger.file_id = good.file_id
            """
        ),
        {"system": system},
    )


def _ask_again(connection: Connection, file_id: int) -> None:
    """Of several good copies the one with the lowest number is named.

    Numbers grow, so that what is settled stays so; only a row that was there before its
    table turned good can come in ahead of what is named.
    """
    connection.execute(
        text(
            """
            update audit.file_ledger as settled
            set replaced_by = null
            from audit.file_ledger as good
            where good.file_id = :file_id
              and settled.system = good.system
              and settled.state in ('refused', 'missing')
              and settled.replaced_by > good.file_id
            """
        ),
        {"file_id": file_id},
    )


def _place(table: DeliveredTable) -> dict[str, object]:
    return {
        "delivery_date": table.file.delivered_on,
        "folder": table.file.system.folder,
        "file_name": table.file.name,
        "member_name": table.member_name,
    }


def _facts(table: DeliveredTable) -> dict[str, object]:
    contract, naming = table.contract, table.naming
    return {
        "system": table.file.system.system,
        "feed": contract.feed if contract else None,
        "table_name": contract.table if contract else None,
        "sha256": table.sha256,
        "byte_count": table.byte_count,
        "logical_date": naming.logical_date if naming else None,
        "period": naming.period if naming else None,
        "page": naming.page if naming else None,
        "revision": naming.revision if naming else 0,
        "slot": naming.slot if naming else None,
        "is_marked_full": naming.marked_full if naming else False,
        "is_full": contract is not None and contract.delivery in ALWAYS_FULL,
        "rows_manifest": table.rows_manifest,
    }


def _count_columns(counts: Counts) -> dict[str, int]:
    columns = {f"rows_{name}": value for name, value in asdict(counts).items()}
    return columns | {"rows_accepted": counts.accepted}
