"""What is counted of a staging table: its rows, and how the cells of each column were read.

Goes in: a staging table and the landing table that it was read from. Comes out: SQL that
counts all of its rows, or adds what a statement has written to what was counted before
(kept_counts.py). Checks look into `audit.table_count` and `audit.column_count`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from expectations.check import literal, quoted
from expectations.layout import Layout
from expectations.thresholds import StagingThresholds
from loaders.contracts.model import Contract
from loaders.landing.schema import key_hash

TYPED = ("integer", "decimal", "money", "date", "datetime", "boolean")
SUFFIXES = ("", "_on", "_at", "_fen", "_code", "_count")
# What people type who know nothing (handbook, chapter 2): read as unknown on purpose.
PLACEHOLDER = (
    "^[[:space:]]*(-|0|0[.]0+|/|无|不详|未知|空|null|NULL"
    "|(1900|9999|1970|2099).*)?[[:space:]]*$"
)
EARLIEST, LATEST = "'1900-01-01'", "'2100-12-31'"
SEX = "sex_code"
SEXES = "('1', '2')"
# Of a table: all rows, and how many of them have no key, a key that is another row's, are
# set aside, come from a line that never landed.
OF_TABLE = ("row_count", "keyless_count", "repeated_count", "aside_count", "lineless_count")
OF_COLUMN = ("landed_count", "unreadable_count", "staged_count", "implausible_count")
CONDITIONS = (
    "is_filled_{place}",
    "is_filled_{place} and not is_read_{place}",
    "is_read_{place}",
    "is_odd_{place}",
)
# Where the counting statement names the rows that came and went.
COME, GONE = "{come}", "{gone}"


@dataclass(frozen=True)
class Counted:
    """A staging column: the column that it was read from, and between what it must lie."""

    name: str
    landed_as: str | None
    between: tuple[str, str] | None

    @property
    def odd(self) -> str:
        """SQL for whether a cell is implausible."""
        ours = f"staged.{quoted(self.name)}"
        if self.between:
            return f"{ours} not between {' and '.join(self.between)}"
        return f"{ours} not in {SEXES}" if self.name == SEX else "false"


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
    return [one for one in counted if one.landed_as or one.between or one.name == SEX]


def whole_sql(
    layout: Layout, table: str, contract: Contract, columns: Sequence[Counted]
) -> str:
    """A query of one row: the counts of the table, then those of each of `columns`."""
    of_columns = "".join(
        f", counted.{name}_{place}" for place, _ in enumerate(columns) for name in OF_COLUMN
    )
    return f"""
        with written as (select 1 as sign, {_needed(layout, table, columns)} from {table})
        select counted.row_count, counted.keyless_count, by_key.repeated_count,
            counted.aside_count, counted.lineless_count {of_columns}
        from ({_counts(layout, table, contract, columns)}) as counted
        cross join (
            select coalesce(sum(how_many - 1), 0) as repeated_count
            from (
                select count(*) as how_many from {table}
                where record_key is not null
                group by record_key having count(*) > 1
            ) as repeated
        ) as by_key
    """


def written_sql(
    layout: Layout, table: str, contract: Contract, columns: Sequence[Counted]
) -> str:
    """A statement that adds the rows of `{come}` and takes away those of `{gone}`.

    It is asked by a trigger, after a statement that wrote them.
    """
    needed = _needed(layout, table, columns)
    rows = "".join(
        f", ({literal(column.name)}, {', '.join(f'{end}_{place}' for end in OF_COLUMN)})"
        for place, column in enumerate(columns)
    )
    more = ", ".join(f"{name} = known.{name} + counted.{name}" for name in OF_COLUMN)
    return f"""
        with come as (select {needed} from {COME}),
        gone as (select {needed} from {GONE}),
        written as (
            select 1 as sign, more.* from (table come except all table gone) as more
            union all
            select -1, less.* from (table gone except all table come) as less
        ),
        counted as ({_counts(layout, table, contract, columns)}),
        by_key as (
            select sum(sign) as more, (
                select count(*) from {table} as staged
                where staged.record_key = written.record_key
            ) as how_many
            from written where record_key is not null
            group by record_key
        ),
        of_table as (
            update audit.table_count as known
            set row_count = known.row_count + counted.row_count,
                keyless_count = known.keyless_count + counted.keyless_count,
                -- Rows beyond the first of each key.
                repeated_count = known.repeated_count + (
                    select coalesce(sum(
                        more - (how_many > 0)::integer + (how_many > more)::integer
                    ), 0)
                    from by_key
                ),
                aside_count = known.aside_count + counted.aside_count,
                lineless_count = known.lineless_count + counted.lineless_count,
                written_count = known.written_count
                + (select count(*) from come) + (select count(*) from gone)
            from counted
            where known.suite = {literal(table)}
        )
        update audit.column_count as known
        set {more}, counted_at = clock_timestamp()
        from (
            select by_column.*
            from counted
            cross join lateral (values (null, 0, 0, 0, 0){rows})
                as by_column (column_name, {", ".join(OF_COLUMN)})
        ) as counted
        where known.suite = {literal(table)} and known.column_name = counted.column_name
    """


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


def _needed(layout: Layout, table: str, columns: Sequence[Counted]) -> str:
    """The columns of the table that are looked at."""
    names = ["record_key", "set_aside_because", "_file_id", "_line_number"]
    names += ["_key_hash"] if layout.has(table, "_key_hash") else []
    names += [column.name for column in columns if column.name not in names]
    return ", ".join(map(quoted, names))


def _counts(
    layout: Layout, table: str, contract: Contract, columns: Sequence[Counted]
) -> str:
    # Asked of each cell once, in there; counted twice, out here.
    cells = "".join(
        f", {cell}"
        for place, column in enumerate(columns)
        for cell in _cells(place, column)
    )
    counts = "".join(
        f", {_sum(condition.format(place=place))} as {name}_{place}"
        for place, _ in enumerate(columns)
        for name, condition in zip(OF_COLUMN, CONDITIONS, strict=True)
    )
    # Its key finds the landed line by an index; a file is a large part of a table.
    by_key = ""
    if layout.has(table, "_key_hash"):
        by_key = f"and staged._key_hash = {key_hash(contract, 'landed')}"
    return f"""
        select {_sum("true")} as row_count, {_sum("is_keyless")} as keyless_count,
            {_sum("is_aside")} as aside_count, {_sum("is_lineless")} as lineless_count
            {counts}
        from (
            select staged.sign, staged.record_key is null as is_keyless,
                staged.set_aside_because is not null as is_aside,
                landed._file_id is null as is_lineless
                {cells}
            from written as staged
            left join landing.{contract.name} as landed
                on staged._file_id = landed._file_id
                and staged._line_number = landed._line_number {by_key}
            offset 0
        ) as cell
    """


def _sum(condition: str) -> str:
    return f"coalesce(sum(sign) filter (where {condition}), 0)"


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
    yield f"{_is_filled(column)} as is_filled_{place}"
    yield f"staged.{quoted(column.name)} is not null as is_read_{place}"
    yield f"{column.odd} as is_odd_{place}"
