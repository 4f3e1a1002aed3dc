"""What we parsed: every staging table, against the landing table it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sqlalchemy import Connection

from expectations.chance import tolerated_count
from expectations.check import Check, Severity, literal, no_rows
from expectations.column_counts import columns_to_count
from expectations.kept_counts import keep_counts, rows_of
from expectations.layout import Layout
from expectations.staging_columns import column_checks, pairs, reading_checks
from expectations.thresholds import StagingThresholds, Thresholds
from loaders.contracts.model import Contract, load_contracts

LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"


def suite(layout: Layout, thresholds: Thresholds) -> list[Check]:
    """The checks of the staging gate."""
    limits = thresholds.staging
    checks: list[Check] = []
    for contract in load_contracts():
        if not layout.has(f"landing.{contract.name}"):
            continue
        table = staging_table(layout, contract)
        if not layout.has(table):
            # A table that is named after the thing is found by its rows: without any,
            # nothing is missing.
            if contract.feed in layout.landed:
                checks.append(_has_model(table, contract))
            continue
        counted = columns_to_count(layout, table, contract, limits)
        checks.extend(_row_checks(table, contract, limits))
        checks.extend(column_checks(layout, table, contract, counted, limits))
        checks.extend(reading_checks(table, contract, counted, limits))
    return checks


def prepare(
    connection: Connection, layout: Layout, thresholds: Thresholds, tables: Set[str]
) -> dict[str, int]:
    """Bring the counts of the tables that will be asked up to date; the rows of each.

    In the caller's transaction, which lets nobody else write into a table that is counted.
    """
    for contract in load_contracts():
        if layout.has(f"landing.{contract.name}"):
            table = staging_table(layout, contract)
            if table in tables and layout.has(table):
                limits = thresholds.staging
                counted = columns_to_count(layout, table, contract, limits)
                keep_counts(connection, layout, table, contract, counted)
    return rows_of(connection, tables)


def staging_table(layout: Layout, contract: Contract) -> str:
    """The table that a contract's rows are read into, or the name that it would have."""
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
    yield _counted(
        table,
        "record_key_unique",
        "counted.repeated_count > 0",
        severity="critical",
        zh=f"{contract.title.zh}：每条现行记录只有一行",
        en=f"{contract.title.en}: one row per current record",
        keys=f"select {LINE_KEY} as key from {table} where record_key in"
        f" (select record_key from {table} group by record_key having count(*) > 1)",
    )
    yield _counted(
        table,
        "record_key_filled",
        "counted.keyless_count > 0",
        severity="critical",
        zh="每行都有记录键",
        en="Every row has its record key",
        keys=f"select {LINE_KEY} as key from {table} where record_key is null",
    )
    for name, bound, severity in pairs(
        limits.set_aside_share, limits.set_aside_share_noted
    ):
        share = bound.of(contract.feed)
        most = f"{share} * counted.row_count"
        if severity == "critical":
            most = tolerated_count(str(share), "counted.row_count")
        yield _counted(
            table,
            f"set_aside_{name}",
            f"counted.aside_count > {most}",
            severity=severity,
            zh=f"因无法使用而搁置的行不超过 {share:.0%}",
            en=f"At most {share:.0%} of the rows are set aside as unusable",
            look_at=f"set_aside_because in {table}",
            keys=f"select {LINE_KEY} as key from {table}"
            " where set_aside_because is not null",
            how_many="select aside_count from audit.table_count"
            f" where suite = {literal(table)}",
        )
    yield _from_landing(table, contract)


def _from_landing(table: str, contract: Contract) -> Check:
    landing = f"landing.{contract.name}"
    return _counted(
        table,
        "read_from_landing",
        "counted.lineless_count > 0 or"
        f" counted.row_count = 0 and exists (select from {landing})",
        severity="critical",
        zh="每行都知道出自哪个文件的哪一行，那一行确已落地；已落地的数据没有整表消失",
        en="Every row knows the landed line that it was read from, and no table vanished",
        keys=f"""
        select concat('file ', staged._file_id, ' line ', staged._line_number) as key
        from {table} as staged
        left join {landing} as landed
            on staged._file_id = landed._file_id
            and staged._line_number = landed._line_number
        where landed._file_id is null
        union all
        select 'feed {contract.feed}' as key
        where exists (select from {landing}) and not exists (select from {table})
        """,
    )


def _counted(
    table: str,
    name: str,
    fails: str,
    *,
    severity: Severity,
    zh: str,
    en: str,
    keys: str,
    look_at: str = "",
    how_many: str | None = None,
) -> Check:
    """A check of the counts of a table; where there are none of it, it is not met."""
    return no_rows(
        table,
        name,
        f"""
        select 'table' as key
        from (values ({literal(table)})) as asked (suite)
        left join audit.table_count as counted on asked.suite = counted.suite
        where
            counted.suite is null
            or (counted.row_count > 0) <> exists (select from {{batch}} as staged)
            or {fails}
        """,
        severity=severity,
        zh=zh,
        en=en,
        look_at=look_at or table,
        keys=keys,
        how_many=how_many,
    )
