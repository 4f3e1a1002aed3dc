"""How the cells of staging were read, counted in one pass over each table.

Goes in: a staging table and the landing table that it was read from. Comes out:
`audit.column_count`, which the checks of columns then look into: each of them is asked more
than once, and a pass over every cell that ever came takes longer every year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from expectations.check import literal, quoted
from expectations.layout import Layout
from expectations.thresholds import StagingThresholds
from loaders.contracts.model import Contract

TYPED = ("integer", "decimal", "money", "date", "datetime", "boolean")
SUFFIXES = ("", "_on", "_at", "_fen", "_code", "_count")
# What people type who know nothing (handbook, chapter 2): read as unknown on purpose.
PLACEHOLDER = (
    "^[[:space:]]*(-|0|0[.]0+|/|无|不详|未知|空|null|NULL"
    "|(1900|9999|1970|2099).*)?[[:space:]]*$"
)
EARLIEST, LATEST = "'1900-01-01'", "'2100-12-31'"


@dataclass(frozen=True)
class Counted:
    """A staging column: the column that it was read from, and between what it must lie."""

    name: str
    landed_as: str | None
    between: tuple[str, str] | None


def columns_to_count(
    layout: Layout, table: str, contract: Contract, limits: StagingThresholds
) -> list[Counted]:
    """The columns of a staging table about which anything is asked."""
    staged = layout.columns(table)
    landed_as: dict[str, str] = {}
    for column in contract.columns:
        if column.type in TYPED or column.codes:
            found = [column.standard + end for end in SUFFIXES]
            for name in [name for name in found if name in staged][:1]:
                landed_as.setdefault(name, column.name)
    counted = (
        Counted(name, landed_as.get(name), _between(name, kind, contract, limits))
        for name, kind in staged.items()
    )
    return [one for one in counted if one.landed_as or one.between]


def count_columns(
    connection: Connection, table: str, contract: Contract, columns: Iterable[Counted]
) -> None:
    """Count the cells of one table anew."""
    connection.execute(
        text("delete from audit.column_count where suite = :suite"), {"suite": table}
    )
    wanted = list(columns)
    if wanted:
        connection.execute(text(_count_sql(table, contract, wanted)), {"suite": table})


def _between(
    name: str, kind: str, contract: Contract, limits: StagingThresholds
) -> tuple[str, str] | None:
    if name.startswith("_"):
        return None
    if kind == "date" or kind.startswith("timestamp"):
        return EARLIEST, LATEST
    if name.endswith("_fen") and kind in ("bigint", "integer", "numeric"):
        most = int(limits.largest_amount_fen.of(contract.feed))
        return str(-most), str(most)
    return None


def _count_sql(table: str, contract: Contract, columns: list[Counted]) -> str:
    # Asked of each cell once, in there; counted twice, out here.
    cells = ", ".join(
        cell for place, column in enumerate(columns) for cell in _cells(place, column)
    )
    counts = ", ".join(
        f"count(*) filter (where is_filled_{place}) as filled_{place},"
        f" count(*) filter (where is_filled_{place} and not is_read_{place})"
        f" as lost_{place},"
        f" count(*) filter (where is_read_{place}) as read_{place},"
        f" count(*) filter (where is_odd_{place}) as odd_{place}"
        for place, _ in enumerate(columns)
    )
    rows = ", ".join(
        f"({literal(column.name)}, filled_{place}, lost_{place}, read_{place}, odd_{place})"
        for place, column in enumerate(columns)
    )
    return f"""
        insert into audit.column_count (
            suite, column_name, landed_count, unreadable_count, staged_count,
            implausible_count
        )
        with counted as (
            select {counts}
            from (
                select {cells}
                from {table} as staged
                left join landing.{contract.name} as landed
                    on staged._file_id = landed._file_id
                    and staged._line_number = landed._line_number
                offset 0
            ) as cell
        )
        select :suite, by_column.*
        from counted
        cross join lateral (values {rows}) as by_column (name, filled, lost, read, odd)
    """


def unread_cells_sql(table: str, contract: Contract, columns: Iterable[Counted]) -> str:
    """A query for the cells that are filled and gave no value: column, file and line."""
    unread = ", ".join(
        f"({literal(column.landed_as or '')},"
        f" {_is_filled(column)} and staged.{quoted(column.name)} is null)"
        for column in columns
    )
    return f"""
        select cell.column_name, staged._file_id as file_id,
               staged._line_number as line_number
        from {table} as staged
        inner join landing.{contract.name} as landed
            on staged._file_id = landed._file_id
            and staged._line_number = landed._line_number
        cross join lateral (values {unread}) as cell (column_name, is_unread)
        where cell.is_unread
    """


def _is_filled(column: Counted) -> str:
    if column.landed_as is None:
        return "false"
    return f"landed.{quoted(column.landed_as)} !~ {literal(PLACEHOLDER)}"


def _cells(place: int, column: Counted) -> Iterator[str]:
    ours = f"staged.{quoted(column.name)}"
    odd = (
        f"{ours} not between {' and '.join(column.between)}" if column.between else "false"
    )
    yield f"{_is_filled(column)} as is_filled_{place}"
    yield f"{ours} is not null as is_read_{place}"
    yield f"{odd} as is_odd_{place}"
