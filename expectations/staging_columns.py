"""Whether the columns of a staging table were read with the right rules.

Cells that landed but gave no date, number or code are counted by joining on file and line;
a rule that no longer fits what is sent shows there first.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, Severity, literal, no_rows, quoted
from expectations.layout import Layout
from expectations.thresholds import Bound, StagingThresholds
from loaders.contracts.model import Contract

LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"
TYPED = ("integer", "decimal", "money", "date", "datetime", "boolean")
SUFFIXES = ("", "_on", "_at", "_fen", "_code", "_count")
SEXES = ["1", "2"]
# What people type who know nothing (handbook, chapter 2): read as unknown on purpose.
PLACEHOLDER = (
    "^[[:space:]]*(-|0|0[.]0+|/|无|不详|未知|空|null|NULL"
    "|(1900|9999|1970|2099).*)?[[:space:]]*$"
)


def column_checks(layout: Layout, table: str, limits: StagingThresholds) -> Iterator[Check]:
    """Whether dates, amounts and sexes are possible."""
    columns = layout.columns(table)
    bounds = [
        bound for name, kind in columns.items() if (bound := _bound(name, kind, limits))
    ]
    if bounds:
        yield _plausible(table, bounds, limits)
    if "sex_code" in columns:
        share = limits.sex_known.of(table)
        yield Check(
            table=table,
            name="sex_known",
            expectation="ExpectColumnValuesToBeInSet",
            severity="warning",
            zh=f"已填性别至少 {share:.0%} 为男或女",
            en=f"At least {share:.0%} of the filled sexes are male or female",
            look_at=table,
            arguments={"column": "sex_code", "value_set": SEXES, "mostly": share},
            failing=f"select {LINE_KEY} as key from {table}"
            " where sex_code is not null and sex_code not in ('1', '2')",
        )


def _bound(
    name: str, kind: str, limits: StagingThresholds
) -> tuple[str, str, str, float] | None:
    if name.startswith("_"):
        return None
    if kind == "date" or kind.startswith("timestamp"):
        return name, "'1900-01-01'", "'2100-12-31'", limits.dates_plausible.of(name)
    if name.endswith("_fen") and kind in ("bigint", "integer", "numeric"):
        most = int(limits.largest_amount_fen.of(name))
        return name, str(-most), str(most), limits.amounts_plausible.of(name)
    return None


def _plausible(
    table: str, bounds: list[tuple[str, str, str, float]], limits: StagingThresholds
) -> Check:
    # All columns in one pass: a table may have a dozen of them.
    counts = ", ".join(
        f"count({quoted(name)}) as filled_{place}, count(*) filter ("
        f"where {quoted(name)} not between {least} and {most}) as odd_{place}"
        for place, (name, least, most, _) in enumerate(bounds)
    )
    rows = ", ".join(
        f"({literal(name)}, filled_{place}, odd_{place}, {share})"
        for place, (name, _, _, share) in enumerate(bounds)
    )
    yuan = int(limits.largest_amount_fen.limit) // 100
    return no_rows(
        table,
        "plausible",
        f"""
        with counted as (select {counts} from {{batch}} as staged)
        select 'column ' || cells.name as key
        from counted cross join lateral (values {rows}) as cells (name, filled, odd, share)
        where cells.odd > (1 - cells.share) * cells.filled
        """,
        severity="warning",
        zh=f"各列日期绝大多数在 1900 至 2100 年之间，金额不超过 {yuan:,} 元",
        en=f"In every column nearly all dates lie between 1900 and 2100, and amounts do not"
        f" exceed {yuan:,} yuan",
        look_at=f"the named columns of {table}",
    )


def reading_checks(
    layout: Layout, table: str, contract: Contract, limits: StagingThresholds
) -> Iterator[Check]:
    """Whether what landed filled has become a date, a number or a code."""
    staged = layout.columns(table)
    read = []
    for column in contract.columns:
        if column.type in TYPED or column.codes:
            found = [column.standard + end for end in SUFFIXES]
            read += [(column.name, name) for name in found if name in staged][:1]
    if not read:
        return
    for name, bound, severity in pairs(
        limits.unreadable_share, limits.unreadable_share_noted
    ):
        share = bound.of(contract.feed)
        yield no_rows(
            table,
            f"readable_{name}",
            _unreadable(contract, read, share),
            severity=severity,
            zh=f"每一列已填的日期、数字与代码，读不懂的不超过 {share:.0%}",
            en=f"No column has more than {share:.0%} of its filled dates, numbers or codes"
            " unreadable",
            look_at=f"the named columns of {table}",
        )


def _unreadable(contract: Contract, read: list[tuple[str, str]], share: float) -> str:
    filled = [f"landed.{quoted(theirs)} !~ {literal(PLACEHOLDER)}" for theirs, _ in read]
    counts = ", ".join(
        f"count(*) filter (where {fills}) as filled_{place},"
        f" count(*) filter (where {fills} and staged.{ours} is null) as lost_{place}"
        for place, (fills, (_, ours)) in enumerate(zip(filled, read, strict=True))
    )
    rows = ", ".join(
        f"({literal(ours)}, filled_{place}, lost_{place})"
        for place, (_, ours) in enumerate(read)
    )
    return f"""
        with counted as (
            select {counts}
            from {{batch}} as staged
            inner join landing.{contract.name} as landed
                on staged._file_id = landed._file_id
                and staged._line_number = landed._line_number
        )
        select 'column ' || cells.name as key
        from counted cross join lateral (values {rows}) as cells (name, filled, lost)
        where cells.lost > {share} * cells.filled
    """


def pairs(stops: Bound, noted: Bound) -> tuple[tuple[str, Bound, Severity], ...]:
    """The two checks of one share: the one that stops and the one that is noted."""
    return (("bounded", stops, "critical"), ("noted", noted, "warning"))
