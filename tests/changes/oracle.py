"""A few central facts of the record, told slowly and simply from the landed rows.

Plain Python over dictionaries; no SQL of the models, no macro, no staging table. Which
version of a row counts, whose it is and what it is worth is worked out again here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


def current_invoices(connection: Connection, table: str, key: tuple[str, ...]) -> list[Row]:
    """The last version of every row that stands, as the handbook's chapter 2 has it."""
    rows = [
        dict(row._mapping)
        for row in connection.execute(
            text(
                f"""
                select landed.*, file.logical_date, file.revision, file.delivery_date,
                       file.file_name, file.member_name, file.sha256
                from landing.{table} as landed
                join audit.file_ledger as file on landed._file_id = file.file_id
                where file.state = 'landed'
                """
            )
        )
    ]
    newest: dict[tuple[str, ...], Row] = {}
    for row in rows:
        place = tuple(row[name] or "" for name in key)
        if place not in newest or _age(row) > _age(newest[place]):
            newest[place] = row
    return list(newest.values())


def _age(row: Row) -> tuple[Any, ...]:
    names = ("logical_date", "revision", "delivery_date", "file_name", "member_name")
    return (*(row[name] for name in names), row["_line_number"], row["sha256"] or "")


def net_fees(
    invoices: Iterable[Row], visit: str, fee: str, is_void: str
) -> dict[str, Decimal]:
    """What is left of every visit's fee: an invoice that was made void adds nothing."""
    left: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        if invoice[visit]:
            standing = (invoice[is_void] or "").strip() == "0"
            left[invoice[visit]] += Decimal(invoice[fee]) if standing else Decimal(0)
    return dict(left)
