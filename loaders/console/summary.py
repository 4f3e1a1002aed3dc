"""What a county official wants to see after a run, on one screen."""

from __future__ import annotations

from sqlalchemy import Engine, text

from loaders.console.audit.ledger import show_ledger
from loaders.console.table import print_table

PEOPLE = """
    select '源记录 records that name a person' as what, count(*) as how_many
    from identity.person_link
    union all
    select '居民与患者 people unified', count(distinct person_id)
    from identity.person_link
    union all
    select '关联 links made (records joined to another record of the same person)',
           count(person_id) - count(distinct person_id)
    from identity.person_link
    union all
    select '待人工复核 held for review', count(*)
    from identity.review_task where state = 'open'
    union all
    select '测试数据等，不计 set aside (test rows)', count(*)
    from identity.person_link where person_id is null
"""
INDICATORS = """
    select indicator.name_zh as indicator, indicator.name_en as name, value.period,
           value.numerator, value.denominator,
           case
               when indicator.unit = 'share'
                   then to_char(value.value * 100, 'FM990.00') || '%'
               else to_char(value.value, 'FM999990.00')
           end as value,
           to_char(value.target_value * 100, 'FM990.##') || '%' as target,
           case value.target_met
               when true then '达标 met'
               when false then '未达标 missed'
           end as verdict,
           value.status
    from published.indicator_value as value
    inner join published.indicator on value.indicator_code = indicator.indicator_code
    where value.grain = 'county' and length(value.period) = 4
    order by value.period, value.indicator_code
"""


def show_summary(engine: Engine) -> None:
    """Print people, links, indicators against targets, and the balance of the ledger."""
    with engine.connect() as connection:
        for title, query in (
            ("一人一档 people", PEOPLE),
            ("指标 indicators of the county", INDICATORS),
        ):
            result = connection.execute(text(query))
            print_table(title, list(result.keys()), [tuple(row) for row in result])
            print()
    show_ledger(engine, None, None)
