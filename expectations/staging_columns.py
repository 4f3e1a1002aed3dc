"""Whether the columns of a staging table were read with the right rules.

Cells that landed but gave no date, number or code are counted in `column_counts`; a rule
that no longer fits what is sent shows there first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expectations.chance import tolerated_count
from expectations.check import Check, Severity, literal, no_rows
from expectations.column_counts import SEX, SEXES, Counted
from expectations.layout import Layout
from expectations.thresholds import Bound, StagingThresholds
from loaders.contracts.model import Contract

LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"


def column_checks(
    layout: Layout,
    table: str,
    contract: Contract,
    counted: Sequence[Counted],
    limits: StagingThresholds,
) -> Iterator[Check]:
    """Whether dates, amounts and sexes are possible."""
    columns = layout.columns(table)
    bounds = []
    for one in counted:
        if one.between:
            is_amount = one.name.endswith("_fen")
            bound = limits.amounts_plausible if is_amount else limits.dates_plausible
            bounds.append((one.name, bound.of(one.name)))
    if bounds:
        yield _plausible(table, bounds, limits.largest_amount_fen.of(contract.feed))
    if SEX in columns:
        yield _sex_known(table, limits.sex_known.of(table))


def _sex_known(table: str, share: float) -> Check:
    counted = f"audit.column_count where suite = {literal(table)} and column_name = '{SEX}'"
    return no_rows(
        table,
        "sex_known",
        f"""
        select 'column {SEX}' as key
        from (
            select * from {counted}
        ) as counted
        where
            counted.implausible_count > (1 - {share}) * counted.staged_count
            and exists (select from {{batch}} as staged)
        """,
        severity="warning",
        zh=f"已填性别至少 {share:.0%} 为男或女",
        en=f"At least {share:.0%} of the filled sexes are male or female",
        look_at=table,
        keys=f"select {LINE_KEY} as key from {table}"
        f" where {SEX} is not null and {SEX} not in {SEXES}",
        how_many=f"select implausible_count from {counted}",
    )


def _plausible(table: str, bounds: list[tuple[str, float]], largest_fen: float) -> Check:
    yuan = int(largest_fen) // 100
    allowed = ", ".join(f"({literal(name)}, {share})" for name, share in bounds)
    return no_rows(
        table,
        "plausible",
        f"""
        select 'column ' || counted.column_name as key
        from audit.column_count as counted
        inner join (values {allowed}) as allowed (name, share)
            on counted.column_name = allowed.name
        where counted.suite = {literal(table)}
            and counted.implausible_count > (1 - allowed.share) * counted.staged_count
            and exists (select from {{batch}} as staged)
        """,
        severity="warning",
        zh=f"各列日期绝大多数在 1900 至 2100 年之间，金额不超过 {yuan:,} 元",
        en=f"In every column nearly all dates lie between 1900 and 2100, and amounts do not"
        f" exceed {yuan:,} yuan",
        look_at="audit.column_count",
    )


def reading_checks(
    table: str, contract: Contract, counted: Sequence[Counted], limits: StagingThresholds
) -> Iterator[Check]:
    """Whether what landed filled has become a date, a number or a code."""
    if not any(one.landed_as for one in counted):
        return
    if any(one.landed_as and one.name.endswith("_fen") for one in counted):
        yield _amounts_read(table)
    for name, bound, severity in pairs(
        limits.unreadable_share, limits.unreadable_share_noted
    ):
        share = bound.of(contract.feed)
        most = f"{share} * counted.landed_count"
        if severity == "critical":
            most = tolerated_count(str(share), "counted.landed_count")
        yield no_rows(
            table,
            f"readable_{name}",
            f"""
            select 'column ' || counted.column_name as key
            from audit.column_count as counted
            where counted.suite = {literal(table)}
                and counted.unreadable_count > {most}
                and exists (select from {{batch}} as staged)
            """,
            severity=severity,
            zh=f"每一列已填的日期、数字与代码，读不懂的不超过 {share:.0%}",
            en=f"No column has more than {share:.0%} of its filled dates, numbers or codes"
            " unreadable",
            look_at="audit.column_count",
        )


def _amounts_read(table: str) -> Check:
    """Of dates and codes some are always odd; an amount is missing from every sum."""
    return no_rows(
        table,
        "amounts_read",
        f"""
        select 'column ' || counted.column_name as key
        from audit.column_count as counted
        where counted.suite = {literal(table)}
            and right(counted.column_name, 4) = '_fen'
            and counted.unreadable_count > 0
            and exists (select from {{batch}} as staged)
        """,
        severity="warning",
        zh="已填的金额都读得懂；读不懂的不在任何合计之中",
        en="Every filled amount was read; one that was not is in no sum",
        look_at="onecard audit --unread",
    )


def pairs(stops: Bound, noted: Bound) -> tuple[tuple[str, Bound, Severity], ...]:
    """The two checks of one share: the one that stops and the one that is noted."""
    return (("bounded", stops, "critical"), ("noted", noted, "warning"))
