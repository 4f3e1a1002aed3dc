"""What the amounts of a landed file add up to, noted with its rows.

Goes in: a connection inside the transaction that stored a file's rows. Comes out: one row
per money column in `audit.file_control_total`, read the plain way and without any function
of staging, so that the two can be held against each other; and in `audit.file_contract`
the digest of the contract by which the file was read, for replays.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, text

from loaders.contracts.model import Contract
from loaders.landing.schema import landing_table, quoted

# What people and accountants write around digits: full-width forms, currency, thousands.
WRITTEN = "０１２３４５６７８９．。－＋（）,，￥¥元 \u3000\u00a0\t"
PLAIN = "0123456789..-+()"
# What does not decide how a file is read.
WORDS_ONLY = {
    "title", "description", "owner", "freshness_days", "cancellation", "person", "extract",
    "file_name", "member_name", "staging",
}  # fmt: skip
COLUMN_WORDS = {"standard", "zh", "en", "codes", "we", "domain", "pii"}


class ColumnTotal(NamedTuple):
    """What the amounts of a column add up to: of so many cells, so many were none."""

    column_name: str
    cell_count: int
    unreadable_count: int
    total: Decimal


def note_control_totals(
    connection: Connection,
    contract: Contract,
    file_id: int,
    counted: list[ColumnTotal] | None = None,
) -> None:
    """Note totals and contract of a file whose rows are stored; again is as good as once.

    Without totals that were `counted` while the rows passed, they are counted in the table.
    Of a database whose tables are delivered whole each time, a file counts what it stored;
    rows that a late delivery took over from later ones are counted there no longer.
    """
    connection.execute(
        text(
            """
            insert into audit.file_contract (file_id, contract_digest)
            values (:file_id, :digest)
            on conflict (file_id) do update set contract_digest = excluded.contract_digest
            """
        ),
        {"file_id": file_id, "digest": contract_digest(contract)},
    )
    if counted is not None:
        _forget(connection, file_id)
        if counted:
            connection.execute(
                text(
                    """
                    insert into audit.file_control_total values (
                        :file_id, :column_name, :cell_count, :unreadable_count, :total
                    )
                    """
                ),
                [{"file_id": file_id} | total._asdict() for total in counted],
            )
        return
    files = [file_id]
    if contract.delivery == "watermark":
        files += _delivered_later(connection, contract, file_id)
    for number in files:
        _count(connection, contract, number)


def note_headerless(connection: Connection, file_id: int) -> None:
    """Note that a page had no header of its own, so that it had to wait for its page 1."""
    connection.execute(
        text(
            """
            insert into audit.headerless_page (feed, period, sha256)
            select feed, period, sha256 from audit.file_ledger where file_id = :file_id
            on conflict do nothing
            """
        ),
        {"file_id": file_id},
    )


def contract_digest(contract: Contract) -> str:
    """A digest of everything in a contract that decides how a file is read."""
    decides = contract.model_dump(
        mode="json",
        exclude={**dict.fromkeys(WORDS_ONLY, True), "columns": {"__all__": COLUMN_WORDS}},
    )
    return hashlib.md5(repr(decides).encode(), usedforsecurity=False).hexdigest()


def money_columns(contract: Contract) -> list[str]:
    """The names of the columns that hold amounts, as delivered."""
    return [column.name for column in contract.columns if column.type == "money"]


def plain_amount(value: str) -> str:
    """SQL that reads an amount as people write it; null for what is no amount.

    A cast is reached only by what is a number: PostgreSQL quotes what it cannot cast.
    """
    figure = f"translate({value}, '{WRITTEN}', '{PLAIN}')"
    return f"""case
        when {value} ~ '^-?[0-9]{{1,15}}([.][0-9]{{1,15}})?$' then {value}::numeric
        when {figure} ~ '^[-+]?[0-9]{{1,15}}([.][0-9]{{0,15}})?$' then {figure}::numeric
        when {figure} ~ '^[(][-+]?[0-9]{{1,15}}([.][0-9]{{0,15}})?[)]$'
            then - btrim({figure}, '()')::numeric
    end"""


def _delivered_later(connection: Connection, contract: Contract, file_id: int) -> list[int]:
    return list(
        connection.scalars(
            text(
                """
                select later.file_id
                from audit.file_ledger as this
                inner join audit.file_ledger as later
                    on this.feed = later.feed and this.delivery_date < later.delivery_date
                where this.file_id = :file_id and later.state in ('landed', 'replaced')
                """
            ),
            {"file_id": file_id},
        )
    )


def _forget(connection: Connection, file_id: int) -> None:
    connection.execute(
        text("delete from audit.file_control_total where file_id = :file_id"),
        {"file_id": file_id},
    )


def _count(connection: Connection, contract: Contract, file_id: int) -> None:
    _forget(connection, file_id)
    names = money_columns(contract)
    if not names:
        return
    # SQLAlchemy reads a colon as the beginning of a parameter.
    cells = [f"stored.{quoted(name)}".replace(":", r"\:") for name in names]
    amounts = ", ".join(
        f"{plain_amount(cell)} as amount_{place}" for place, cell in enumerate(cells)
    )
    filled = ", ".join(
        f"nullif(btrim({cell}), '') is not null as is_filled_{place}"
        for place, cell in enumerate(cells)
    )
    # One pass over the rows; the aggregates of all columns come out of it side by side.
    sides = ", ".join(
        f"count(*) filter (where is_filled_{place}) as cells_{place},"
        f" count(*) filter (where is_filled_{place} and amount_{place} is null)"
        f" as unreadable_{place},"
        f" coalesce(sum(amount_{place}), 0) as total_{place}"
        for place in range(len(names))
    )
    counted = ", ".join(
        f"(cast(:name_{place} as text), cells_{place}, unreadable_{place}, total_{place})"
        for place in range(len(names))
    )
    connection.execute(
        text(
            f"""
            insert into audit.file_control_total
            select :file_id, total.*
            from (
                select {sides}
                from (
                    select {amounts}, {filled}
                    from {landing_table(contract)} as stored
                    where stored._file_id = :file_id
                    -- Keeps PostgreSQL from reading each amount once per aggregate.
                    offset 0
                ) as cell
            ) as counted
            cross join lateral (values {counted}) as total
            """
        ),
        {"file_id": file_id} | {f"name_{n}": name for n, name in enumerate(names)},
    )
