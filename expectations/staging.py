"""What we parsed: every staging table, against the landing table that it was read from.

Cells that landed but gave no date, number or code are counted by joining on file and line;
a rule that no longer fits what is sent shows there first.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, Severity, literal, no_rows, quoted
from expectations.layout import Layout
from expectations.thresholds import Bound, StagingThresholds, Thresholds
from loaders.contracts.model import Contract, load_contracts

LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"
TYPED = ("integer", "decimal", "money", "date", "datetime", "boolean")
SUFFIXES = ("", "_on", "_at", "_fen", "_code", "_count")
SEXES = ["1", "2"]
# What people type who know nothing (handbook, chapter 2): read as unknown on purpose.
PLACEHOLDER = (
    "^[[:space:]]*(-|0|0[.]0+|/|无|不详|未知|空|null|NULL"
    "|(1900|9999|1970|2099).*)?[[:space:]]*$"
)


def suite(layout: Layout, thresholds: Thresholds) -> list[Check]:
    """The checks of the staging gate."""
    limits = thresholds.staging
    checks: list[Check] = []
    for contract in load_contracts():
        if not layout.has(f"landing.{contract.name}"):
            continue
        table = _staging_table(layout, contract)
        if not layout.has(table):
            checks.append(_has_model(table, contract))
            continue
        checks.extend(_row_checks(table, contract, limits))
        checks.extend(_column_checks(layout, table, limits))
        checks.extend(_reading_checks(layout, table, contract, limits))
    return checks


def _staging_table(layout: Layout, contract: Contract) -> str:
    for table, feed in layout.feeds.items():
        if feed == contract.feed:
            return table
    return f"staging.stg_{contract.system.lower()}__{contract.table.lower()}"


def _has_model(table: str, contract: Contract) -> Check:
    return Check(
        table=table,
        name="has_staging_model",
        expectation="ExpectTableRowCountToBeBetween",
        severity="warning",
        zh=f"{contract.title.zh}：已有契约并已落地，但没有贴源模型读它",
        en=f"{contract.title.en}: landed by contract, but no staging model reads it",
        look_at="dbt_project/models/1_staging",
    )


def _row_checks(
    table: str, contract: Contract, limits: StagingThresholds
) -> Iterator[Check]:
    yield Check(
        table=table,
        name="record_key_unique",
        expectation="ExpectColumnValuesToBeUnique",
        severity="critical",
        zh=f"{contract.title.zh}：每条现行记录只有一行",
        en=f"{contract.title.en}: one row per current record",
        look_at=table,
        arguments={"column": "record_key"},
        failing=f"select {LINE_KEY} as key from {table} where record_key in"
        f" (select record_key from {table} group by record_key having count(*) > 1)",
    )
    yield Check(
        table=table,
        name="record_key_filled",
        expectation="ExpectColumnValuesToNotBeNull",
        severity="critical",
        zh="每行都有记录键",
        en="Every row has its record key",
        look_at=table,
        arguments={"column": "record_key"},
        failing=f"select {LINE_KEY} as key from {table} where record_key is null",
    )
    for name, bound, severity in _pairs(
        limits.set_aside_share, limits.set_aside_share_noted
    ):
        share = bound.of(contract.feed)
        yield Check(
            table=table,
            name=f"set_aside_{name}",
            expectation="ExpectColumnValuesToBeNull",
            severity=severity,
            zh=f"因无法使用而搁置的行不超过 {share:.0%}",
            en=f"At most {share:.0%} of the rows are set aside as unusable",
            look_at=f"set_aside_because in {table}",
            arguments={"column": "set_aside_because", "mostly": 1 - share},
            failing=f"select {LINE_KEY} as key from {table}"
            " where set_aside_because is not null",
        )
    yield _from_landing(table, contract)


def _column_checks(
    layout: Layout, table: str, limits: StagingThresholds
) -> Iterator[Check]:
    for column, kind in layout.columns(table).items():
        if column.startswith("_"):
            continue
        if kind == "date" or kind.startswith("timestamp"):
            share = limits.dates_plausible.of(column)
            yield _between(
                table, column, "1900-01-01", "2100-12-31", share,
                f"日期在 1900 至 2100 年之间（至少 {share:.0%}）",
                f"Dates lie between 1900 and 2100 (at least {share:.0%})",
            )  # fmt: skip
        elif column.endswith("_fen") and kind in ("bigint", "integer", "numeric"):
            share = limits.amounts_plausible.of(column)
            most = int(limits.largest_amount_fen.of(column))
            yield _between(
                table, column, -most, most, share,
                f"金额绝对值不超过 {most // 100:,} 元（至少 {share:.1%}）",
                f"Amounts do not exceed {most // 100:,} yuan (at least {share:.1%})",
            )  # fmt: skip
        elif column == "sex_code":
            share = limits.sex_known.of(table)
            yield Check(
                table=table,
                name="sex_known",
                expectation="ExpectColumnValuesToBeInSet",
                severity="warning",
                zh=f"已填性别至少 {share:.0%} 为男或女",
                en=f"At least {share:.0%} of the filled sexes are male or female",
                look_at=table,
                arguments={"column": column, "value_set": SEXES, "mostly": share},
                failing=f"select {LINE_KEY} as key from {table}"
                f" where {column} is not null and {column} not in ('1', '2')",
            )


def _between(
    table: str,
    column: str,
    least: str | int,
    most: str | int,
    share: float,
    zh: str,
    en: str,
) -> Check:
    low, high = (literal(v) if isinstance(v, str) else str(v) for v in (least, most))
    return Check(
        table=table,
        name=f"plausible:{column}",
        expectation="ExpectColumnValuesToBeBetween",
        severity="warning",
        zh=zh,
        en=en,
        look_at=table,
        arguments={
            "column": column,
            "min_value": least,
            "max_value": most,
            "mostly": share,
        },
        failing=f"select {LINE_KEY} as key from {table}"
        f" where {quoted(column)} not between {low} and {high}",
    )


def _reading_checks(
    layout: Layout, table: str, contract: Contract, limits: StagingThresholds
) -> Iterator[Check]:
    staged = layout.columns(table)
    read = []
    for column in contract.columns:
        if column.type in TYPED or column.codes:
            found = [column.standard + end for end in SUFFIXES]
            read += [(column.name, name) for name in found if name in staged][:1]
    if not read:
        return
    for name, bound, severity in _pairs(
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


def _from_landing(table: str, contract: Contract) -> Check:
    landing = f"landing.{contract.name}"
    return no_rows(
        table,
        "read_from_landing",
        f"""
        select concat('file ', staged._file_id, ' line ', staged._line_number) as key
        from {{batch}} as staged
        left join {landing} as landed
            on staged._file_id = landed._file_id
            and staged._line_number = landed._line_number
        where landed._file_id is null
        union all
        select 'feed {contract.feed}' as key
        where exists (select from {landing}) and not exists (select from {{batch}})
        """,
        severity="critical",
        zh="每行都知道出自哪个文件的哪一行，那一行确已落地；已落地的数据没有整表消失",
        en="Every row knows the landed line that it was read from, and no table vanished",
        look_at=table,
    )


def _pairs(stops: Bound, noted: Bound) -> tuple[tuple[str, Bound, Severity], ...]:
    return (("bounded", stops, "critical"), ("noted", noted, "warning"))
