"""Whether every value equals the sum of its own cases, and every case leads to a source."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, no_rows
from expectations.thresholds import IndicatorThresholds

CASES = "indicators.indicator_case"
VALUES = "indicators.indicator_value"
# A case is shown by file and line: what it is called was given out by a source system.
CASE_KEY = (
    "concat(indicator_case.indicator_code, ' ', indicator_case.period, ': file ',"
    " indicator_case._file_id, ' line ', indicator_case._line_number)"
)


def case_checks(limits: IndicatorThresholds) -> Iterator[Check]:
    """The checks of the case lists."""
    for column in ("indicator_code", "period", "case_kind", "case_id"):
        yield Check(
            table=CASES,
            name=f"filled:{column}",
            expectation="ExpectColumnValuesToNotBeNull",
            severity="critical",
            zh="每一例都写明属于哪个指标、期间，是什么，编号多少",
            en="Every case says which indicator and period it is of, and what it is",
            look_at=CASES,
            arguments={"column": column},
            failing=f"select {CASE_KEY} as key from {CASES} where {column} is null",
        )
    yield no_rows(
        CASES,
        "listed_once",
        """
        select concat(indicator_code, ' ', period, ': file ', min(_file_id),
                      ' line ', min(_line_number)) as key
        from {batch}
        group by indicator_code, period, case_kind, case_id, event_id
        having count(*) > 1
        """,
        severity="critical",
        zh="同一例在同一指标与期间只列一次",
        en="A case is listed once for an indicator and period",
        look_at=CASES,
    )
    yield _value_equals_cases()
    yield _months_add_up()
    yield no_rows(
        CASES,
        "source_is_known",
        f"""
        select {CASE_KEY} as key
        from {{batch}} as indicator_case
        left join audit.file_ledger on indicator_case._file_id = file_ledger.file_id
        where file_ledger.file_id is null or indicator_case._line_number is null
        """,
        severity="critical",
        zh="每一例都能回到来源文件的一行",
        en="Every case leads back to a line of a file",
        look_at=CASES,
    )
    yield no_rows(
        CASES,
        "person_is_known",
        f"""
        select {CASE_KEY} as key
        from {{batch}} as indicator_case
        left join record.person on indicator_case.person_id = person.person_id
        where indicator_case.person_id is not null and person.person_id is null
        """,
        severity="critical",
        zh="名单上的人都在人员表里",
        en="Every person on a list is in the table of persons",
        look_at=CASES,
    )
    yield _placed(limits)


def _value_equals_cases() -> Check:
    # Counted here once more, grain by grain: the models expand cases in another way.
    grains = " union all ".join(
        f"""
        select registry.indicator_code, {period} as period, '{grain}' as grain,
               {org} as org_code, indicator_case.numerator, indicator_case.denominator
        from {CASES}
        inner join staging.indicator_registry as registry
            on indicator_case.indicator_code = registry.indicator_code
            and '{grain}' = any(string_to_array(registry.grains, ';'))
        where {org} is not null {condition}
        """
        for grain, org in (
            ("county", "cast((select division_code from staging.county) as text)"),
            ("group", "indicator_case.group_code"),
            ("institution", "indicator_case.institution_code"),
            ("township", "indicator_case.township_code"),
        )
        for period, condition in (
            ("indicator_case.period", ""),
            (
                "indicator_case.month",
                "and registry.is_monthly and indicator_case.month is not null",
            ),
        )
    )
    return no_rows(
        VALUES,
        "equals_its_cases",
        f"""
        with counted as (
            select indicator_code, period, grain, org_code,
                   sum(numerator) as numerator, sum(denominator) as denominator
            from ({grains}) as expanded
            group by indicator_code, period, grain, org_code
        )
        select concat_ws(' ',
            coalesce(value.indicator_code, counted.indicator_code),
            coalesce(value.period, counted.period),
            coalesce(value.grain, counted.grain),
            coalesce(cast(value.org_code as text), counted.org_code)) as key
        from {{batch}} as value
        full join counted
            on value.indicator_code = counted.indicator_code
            and value.period = counted.period and value.grain = counted.grain
            and cast(value.org_code as text) = counted.org_code
        -- The sum of no cases is nothing.
        where value.numerator is distinct from coalesce(counted.numerator, 0)
           or value.denominator is distinct from coalesce(counted.denominator, 0)
        """,
        severity="critical",
        zh="每个值的分子、分母等于其名单的合计",
        en="Numerator and denominator of every value equal the sums of its cases",
        look_at=f"{VALUES}, {CASES}",
    )


def _months_add_up() -> Check:
    return no_rows(
        VALUES,
        "months_add_up",
        """
        with monthly as (
            select indicator_code, left(period, 4) as period, grain, org_code,
                   sum(numerator) as numerator, sum(denominator) as denominator
            from indicators.indicator_value
            where length(period) = 6
            group by indicator_code, left(period, 4), grain, org_code
        )
        select concat_ws(' ', value.indicator_code, value.period, value.grain,
                         value.org_code) as key
        from {batch} as value
        inner join monthly
            on value.indicator_code = monthly.indicator_code
            and value.period = monthly.period and value.grain = monthly.grain
            and value.org_code = monthly.org_code
        where value.numerator <> monthly.numerator
           or value.denominator <> monthly.denominator
        """,
        severity="critical",
        zh="各月之和等于全年",
        en="The months add up to the year",
        look_at=VALUES,
    )


def _placed(limits: IndicatorThresholds) -> Check:
    share = limits.numerator_with_place.limit
    return no_rows(
        CASES,
        "cases_have_a_place",
        f"""
        select concat_ws(' ', indicator_case.indicator_code, grain.grain) as key
        from {{batch}} as indicator_case
        inner join staging.indicator_registry as registry
            on indicator_case.indicator_code = registry.indicator_code
        cross join lateral string_to_table(registry.grains, ';') as grain (grain)
        where grain.grain <> 'county' and indicator_case.numerator <> 0
        group by indicator_case.indicator_code, grain.grain
        having count(case grain.grain
                   when 'group' then indicator_case.group_code
                   when 'institution' then indicator_case.institution_code
                   when 'township' then indicator_case.township_code
               end) < {share} * count(*)
        """,
        severity="warning",
        zh=f"按集团、机构、乡镇的数字至少覆盖 {share:.0%} 的例",
        en=f"Figures by group, institution, town cover at least {share:.0%} of the cases",
        look_at=CASES,
    )
