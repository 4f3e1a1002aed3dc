"""After a file was stored: who counts now in its feed and period, and what that changes.

Goes in: a connection inside the transaction that stored the file. Comes out: states, counts
and, where an earlier file turns up with the same content, the owner of the rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, text

from loaders.contracts.model import Contract
from loaders.landing.book import update, write_counts
from loaders.landing.counting import count_rows
from loaders.landing.delivered import Counts, State
from loaders.landing.points import reached
from loaders.landing.schema import landing_table
from loaders.landing.verdict import StoredFile, Verdict, decide

FileRow = Row[Any]

REASONS: dict[State, str | None] = {
    "landed": None,
    "replaced": "replaced by a correction or a later file of the same period",
    "duplicate": "the same content of this feed and period has been landed before",
}
# Of one content no two files may be its owner, not even for a moment; and what is replaced
# must be so before the rows of its successor are compared with what counts.
ORDER = ("duplicate", "replaced", "landed")
# Facts that describe content, not a file: they go with the rows.
CONTENT = (
    "rows_read",
    "rows_accepted",
    "rows_rejected",
    "rows_duplicate",
    "rows_superseded",
    "columns",
    "columns_added",
    "columns_missing",
    "columns_renamed",
    "watermark",
)


def settle_period(
    connection: Connection,
    contract: Contract,
    period: str,
    new_file: int,
    may_hold_copies: bool = True,
) -> State:
    """Bring states and counts of a feed and period up to date; returns the new file's.

    `may_hold_copies` is false when no two rows of the new file are alike.
    """
    rows = {row.file_id: row for row in _rows(connection, contract, period)}
    verdicts = decide(_stored_file(row) for row in rows.values())
    owners = {row.sha256: row for row in rows.values() if row.state != "duplicate"}
    for file_id in sorted(
        verdicts, key=lambda file_id: ORDER.index(verdicts[file_id].state)
    ):
        row, verdict = rows[file_id], verdicts[file_id]
        owner = owners[row.sha256]
        if verdict.state != "duplicate" and owner.file_id != file_id:
            _hand_over(connection, contract, owner, file_id)
        if verdict != (row.state, row.replaced_by):
            _write(connection, file_id, verdict)
            reached("state_written")
        if verdict.state == "duplicate":
            if row.state != "duplicate":
                write_counts(
                    connection, file_id, Counts(row.rows_read, duplicate=row.rows_read)
                )
        elif verdict.state != owner.state or file_id == new_file == owner.file_id:
            ask = may_hold_copies or file_id != new_file
            write_counts(
                connection, file_id, count_rows(connection, contract, file_id, ask)
            )
            reached("period_counted")
    return verdicts[new_file].state


def _rows(connection: Connection, contract: Contract, period: str) -> list[FileRow]:
    return list(
        connection.execute(
            text(
                """
                select * from audit.file_ledger
                where feed = :feed and period = :period
                  and state in ('landed', 'replaced', 'duplicate')
                order by file_id
                """
            ),
            {"feed": contract.feed, "period": period},
        )
    )


def _stored_file(row: FileRow) -> StoredFile:
    return StoredFile(
        file_id=row.file_id,
        delivery_date=row.delivery_date,
        file_name=row.file_name,
        member_name=row.member_name,
        sha256=row.sha256,
        slot=row.slot,
        revision=row.revision,
    )


def _hand_over(
    connection: Connection, contract: Contract, owner: FileRow, heir: int
) -> None:
    """Give the rows of a content to the file that brought it first."""
    ids = {"old": owner.file_id, "new": heir}
    for table, column in (
        (landing_table(contract), "_file_id"),
        ("landing.reject", "file_id"),
        ("audit.file_control_total", "file_id"),
        ("audit.file_contract", "file_id"),
        ("audit.replayed_row", "file_id"),
        ("audit.moved_row", "to_file_id"),
    ):
        connection.execute(
            text(f"update {table} set {column} = :new where {column} = :old"), ids
        )
        reached("handing_over")
    update(connection, heir, {name: getattr(owner, name) for name in CONTENT})
    reached("handed_over")


def _write(connection: Connection, file_id: int, verdict: Verdict) -> None:
    values = {
        "state": verdict.state,
        "state_reason": REASONS[verdict.state],
        "replaced_by": verdict.replaced_by,
    }
    update(connection, file_id, values)
