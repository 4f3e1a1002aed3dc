"""What we counted: values that are possible, complete and equal to their cases."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, Severity, literal, no_rows
from expectations.indicator_cases import case_checks
from expectations.layout import Layout
from expectations.thresholds import IndicatorThresholds, Thresholds

VALUES = "indicators.indicator_value"
STATUSES = ["final", "provisional", "no_denominator", "no_source"]
KEY = "concat_ws(' ', value.indicator_code, value.period, value.grain, value.org_code)"
KEY_COLUMNS = ["indicator_code", "period", "grain", "org_code"]


def suite(layout: Layout, thresholds: Thresholds) -> list[Check]:
    """The checks of the indicators gate."""
    limits = thresholds.indicators
    return [
        *_shape(),
        *_arithmetic(),
        *_bounds(),
        *_completeness(),
        *case_checks(limits),
        *(_stability(limits) if layout.has("published.indicator_value") else ()),
    ]


def _shape() -> Iterator[Check]:
    yield Check(
        table=VALUES,
        name="one_value_each",
        expectation="ExpectCompoundColumnsToBeUnique",
        severity="critical",
        zh="每个指标、期间、口径、机构只有一个值",
        en="One value per indicator, period, grain and organisation",
        look_at=VALUES,
        arguments={"column_list": KEY_COLUMNS},
        failing=f"select {KEY} as key from {VALUES} as value"
        f" group by {', '.join(KEY_COLUMNS)} having count(*) > 1",
    )
    for column in (*KEY_COLUMNS, "status"):
        yield Check(
            table=VALUES,
            name=f"filled:{column}",
            expectation="ExpectColumnValuesToNotBeNull",
            severity="critical",
            zh="每个值的指标、期间、口径、机构与状态都齐全",
            en="Every value has its indicator, period, grain, organisation and status",
            look_at=VALUES,
            arguments={"column": column},
            failing=f"select {KEY} as key from {VALUES} as value where {column} is null",
        )
    yield Check(
        table=VALUES,
        name="status_known",
        expectation="ExpectColumnValuesToBeInSet",
        severity="critical",
        zh="状态是已知的几种之一",
        en="The status is one of those that are explained",
        look_at=VALUES,
        arguments={"column": "status", "value_set": STATUSES},
        failing=f"select {KEY} as key from {VALUES} as value where status not in ("
        + ", ".join(literal(status) for status in STATUSES)
        + ")",
    )


def _arithmetic() -> Iterator[Check]:
    yield _values(
        "quotient",
        "inner join staging.indicator_registry as registry"
        " on value.indicator_code = registry.indicator_code",
        "value.denominator <> 0 and value.status <> 'no_source'"
        " and (value.value is null or abs(value.value"
        " - registry.factor * value.numerator::numeric / value.denominator) > 0.000000001)",
        "critical",
        "值等于分子除以分母",
        "The value is the numerator divided by the denominator",
    )
    yield _values(
        "no_value_says_why",
        "",
        "(value.value is null) <> (value.status in ('no_denominator', 'no_source'))",
        "critical",
        "没有值的地方由状态说明原因",
        "Where there is no value, the status says why",
    )
    yield _values(
        "target_judged",
        "",
        "(value.target_met is null) <> (value.target_value is null or value.value is null)",
        "critical",
        "有目标且有值者必有是否达标的判断",
        "What has a target and a value is judged against it",
    )


def _bounds() -> Iterator[Check]:
    yield Check(
        table=VALUES,
        name="denominator_not_negative",
        expectation="ExpectColumnValuesToBeBetween",
        severity="critical",
        zh="分母不为负",
        en="No denominator is negative",
        look_at=VALUES,
        arguments={"column": "denominator", "min_value": 0},
        failing=f"select {KEY} as key from {VALUES} as value where denominator < 0",
    )
    # Where cases are counted among themselves, no part is more than the whole. Where those
    # of our records are set against a report (archives by residents), there may be more:
    # who has left to work elsewhere keeps an archive, and a report counts who is there.
    among_cases = """exists (
        select from indicators.indicator_case as own
        where own.indicator_code = value.indicator_code
          and own.numerator <> 0 and own.denominator <> 0
    )"""
    grains: tuple[tuple[str, str, Severity], ...] = (
        ("county", f"value.grain = 'county' and {among_cases}", "critical"),
        ("reported", f"value.grain = 'county' and not {among_cases}", "warning"),
        ("place", "value.grain <> 'county'", "warning"),
    )
    shares = (
        "inner join staging.indicator_registry as registry"
        " on value.indicator_code = registry.indicator_code and registry.unit = 'share'"
    )
    for name, where, severity in grains:
        yield _values(
            f"share_between_0_and_1:{name}",
            shares,
            f"{where} and (value.value < 0 or value.value > 1)",
            severity,
            "比例在 0 与 1 之间",
            "Shares lie between 0 and 1",
        )
        yield _values(
            f"numerator_within_denominator:{name}",
            shares,
            f"{where} and value.value is not null and value.numerator > value.denominator",
            severity,
            "比例的分子不超过分母",
            "The numerator of a share does not exceed its denominator",
        )


def _completeness() -> Iterator[Check]:
    yield no_rows(
        VALUES,
        "county_value_for_finished_years",
        """
        select concat_ws(' ', registry.indicator_code, reporting_year.period) as key
        from staging.indicator_registry as registry
        cross join record.reporting_year
        left join {batch} as value
            on registry.indicator_code = value.indicator_code
            and value.grain = 'county'
            and reporting_year.period = left(value.period, 4)
            and length(value.period) <> 6
        where reporting_year.is_complete
          and registry.grains like '%county%'
        group by registry.indicator_code, reporting_year.period
        having count(value.status) = 0
            or bool_or(value.value is null and value.status <> 'no_denominator')
        """,
        severity="critical",
        zh="每个指标在每个已结束的年度都有全县值，没有的由状态说明",
        en="Every indicator has a county value for every finished year, or a status that"
        " says why not",
        look_at=VALUES,
    )


def _stability(limits: IndicatorThresholds) -> Iterator[Check]:
    share = limits.value_jump.limit
    yield _values(
        "no_sudden_change",
        "inner join published.indicator_value as published"
        " on value.indicator_code = published.indicator_code"
        " and value.period = published.period and value.grain = published.grain"
        " and value.org_code = published.org_code",
        "value.grain = 'county' and published.status = 'final'"
        f" and abs(value.value - published.value) > {share} * abs(published.value)",
        "warning",
        f"已结束期间的全县值与上次发布相比变动不超过 {share:.0%}",
        f"No county value of a finished period moves by more than {share:.0%} of itself"
        " since the last release",
        f"{VALUES}, published.restatement",
    )


def _values(
    name: str,
    joins: str,
    fails: str,
    severity: Severity,
    zh: str,
    en: str,
    look_at: str = VALUES,
) -> Check:
    return no_rows(
        VALUES,
        name,
        f"select {KEY} as key from {{batch}} as value {joins} where {fails}",
        severity=severity,
        zh=zh,
        en=en,
        look_at=look_at,
    )
