"""The questions that a source database is asked, for any database that SQLAlchemy speaks.

All columns are asked for, so that one that the contract does not know is noticed. Rows
without a value in the column that decides are in every answer: no comparison would ever
find them, and landing knows a row that it has.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Float,
    LargeBinary,
    Numeric,
    Select,
    TableClause,
    Text,
    bindparam,
    column,
    literal_column,
    or_,
    quoted_name,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from loaders.contracts.extract import Extract

# What a watermark can be; a driver gives one of these or something that cannot be compared.
Bound = str | int | Decimal | float | datetime | date | bytes


def everything(extract: Extract, key: tuple[str, ...]) -> Select[tuple[object]]:
    """All rows, in the order of the key: an unchanged table gives the same bytes."""
    return (
        select(literal_column("*"))
        .select_from(_table(extract))
        .order_by(*(_column(name) for name in key))
    )


def since(extract: Extract, key: tuple[str, ...], bound: Bound) -> Select[tuple[object]]:
    """Rows whose column has reached a watermark, and those without a value in it."""
    mark = bindparam("since", bound, _type(bound))
    return everything(extract, key).where(_reached(extract, mark))


def window(extract: Extract, key: tuple[str, ...], day: date) -> Select[tuple[object]]:
    """Rows of the last days before a delivery, and those without a value in the column."""
    first = day - timedelta(days=extract.days or 0)
    return everything(extract, key).where(
        _reached(extract, bindparam("since", first, Date()))
    )


def _reached(extract: Extract, mark: ColumnElement[object]) -> ColumnElement[bool]:
    decides = _column(extract.column or "")
    return or_(decides >= mark, decides.is_(None))


def _table(extract: Extract) -> TableClause:
    schema = quoted_name(extract.db_schema, quote=True) if extract.db_schema else None
    return table(quoted_name(extract.table, quote=True), schema=schema)


def _column(name: str) -> ColumnElement[object]:
    # Always quoted: a name is spelled as the database has it, reserved word or not.
    return column(quoted_name(name, quote=True))


def _type(bound: Bound) -> TypeEngine[Any]:
    """The type with which a value is sent; a database does not guess it well."""
    kinds: list[tuple[type, TypeEngine[Any]]] = [
        (str, Text()),
        (int, BigInteger()),
        (Decimal, Numeric()),
        (float, Float(53)),
        (bytes, LargeBinary()),
        (
            datetime,
            DateTime(timezone=isinstance(bound, datetime) and bound.tzinfo is not None),
        ),
        (date, Date()),
    ]
    return next(known for kind, known in kinds if isinstance(bound, kind))
