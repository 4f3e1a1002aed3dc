"""Record every published value that a release changes, with what changed and why.

Goes in: the old values in `published`, the new ones in the temporary table `new_value`, and
after the cases have been replaced the cases that came and went. Comes out: rows of
`published.restatement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from loaders.warehouse.runs import DECISIONS

REMEMBER = """
    create temporary table restated on commit drop as
    select old.indicator_code, old.period, old.grain, old.org_code,
           old.numerator as old_numerator, old.denominator as old_denominator,
           old.value as old_value, old.status as old_status,
           new.numerator as new_numerator, new.denominator as new_denominator,
           new.value as new_value, new.status as new_status
    from published.indicator_value as old
    left join new_value as new
        on old.indicator_code = new.indicator_code and old.period = new.period
        and old.grain = new.grain and old.org_code = new.org_code
    where (old.numerator, old.denominator, old.value, old.status)
        is distinct from (new.numerator, new.denominator, new.value, new.status)
"""
CASE = (
    "indicator_code, period, grain, org_code, case_kind, case_id, source_system,"
    " numerator, denominator"
)
RECORD = f"""
    with come as (
        select {CASE} from published.indicator_case
        where release_id = :release_id
    ),
    gone as (
        select {CASE} from audit.published_case_history
        where replaced_in_release = :release_id
    ),
    moved as (
        select coalesce(come.indicator_code, gone.indicator_code) as indicator_code,
               coalesce(come.period, gone.period) as period,
               coalesce(come.grain, gone.grain) as grain,
               coalesce(come.org_code, gone.org_code) as org_code,
               coalesce(come.source_system, gone.source_system) as source_system,
               gone.case_id is null as is_added,
               come.case_id is null as is_removed
        from come
        full join gone
            on come.indicator_code = gone.indicator_code and come.period = gone.period
            and come.grain = gone.grain and come.org_code = gone.org_code
            and come.case_kind = gone.case_kind and come.case_id = gone.case_id
        -- A case that was sent again in a newer file counts as it did before.
        where (come.numerator, come.denominator)
            is distinct from (gone.numerator, gone.denominator)
    ),
    counted as (
        select indicator_code, period, grain, org_code,
               count(*) filter (where is_added) as added,
               count(*) filter (where is_removed) as removed,
               count(*) filter (where not is_added and not is_removed) as changed,
               -- A system is named once, however many of its cases moved.
               string_agg(distinct source_system, ', ' order by source_system) as systems
        from moved group by indicator_code, period, grain, org_code
    ),
    counted_restated as (
        select restated.*,
               coalesce(counted.added, 0) as added,
               coalesce(counted.removed, 0) as removed,
               coalesce(counted.changed, 0) as changed,
               counted.systems
        from restated
        left join counted
            on restated.indicator_code = counted.indicator_code
            and restated.period = counted.period
            and restated.grain = counted.grain and restated.org_code = counted.org_code
    )
    insert into published.restatement
    select :release_id, indicator_code, period, grain, org_code,
           old_numerator, old_denominator, old_value, old_status,
           new_numerator, new_denominator, new_value, new_status,
           added, removed, changed,
           concat(
               case when old_status = 'provisional' then '期间未完，' end,
               case when new_status is null then '不再报告，' end,
               cast(:cause_zh as text),
               '：增加 ', added, ' 例，减少 ', removed, ' 例，改变 ', changed, ' 例',
               '（来源 ' || systems || '）',
               ' / ',
               case when old_status = 'provisional' then 'the period was not over; ' end,
               case when new_status is null then 'no longer reported; ' end,
               cast(:cause_en as text),
               ': ', added, ' cases came, ', removed, ' went, ', changed, ' changed',
               ' (from ' || systems || ')'
           )
    from counted_restated
"""
SINCE = """
    select coalesce(run.started_at, release.published_at) as since, run.code_digest
    from published.release
    left join audit.run on release.run_id = run.run_id
    order by release.release_id desc
    limit 1
"""
ARRIVED = """
    select delivery_date, count(*) as tables
    from audit.file_ledger
    where recorded_at > :since and state in ('landed', 'replaced')
    group by delivery_date
    order by delivery_date
"""


DECIDED = "select count(*) from {table} where decided_at > :since"


@dataclass(frozen=True)
class Cause:
    """Why values changed since the last release."""

    zh: str
    en: str


def remember_old_values(connection: Connection) -> None:
    """Note the published values that are about to change, before they do."""
    connection.execute(text(REMEMBER))


def record_restatements(connection: Connection, release_id: int, cause: Cause) -> int:
    """Write the restatements of a release; returns how many there are."""
    written = connection.execute(
        text(RECORD),
        {"release_id": release_id, "cause_zh": cause.zh, "cause_en": cause.en},
    )
    return written.rowcount


def cause_of_change(connection: Connection, run_id: int) -> Cause:
    """What happened since the last release: deliveries, decisions, new rules or code."""
    last = connection.execute(text(SINCE)).one_or_none()
    if last is None:
        return Cause("首次发布", "first release")
    days: Sequence[date] = (
        connection.execute(text(ARRIVED), {"since": last.since}).scalars().all()
    )
    causes = [_deliveries(days)] if days else []
    decided = _decisions_since(connection, last.since)
    if decided:
        causes.append(_decisions(decided))
    digest = connection.scalar(
        text("select code_digest from audit.run where run_id = :run_id"),
        {"run_id": run_id},
    )
    if not days and digest != last.code_digest:
        causes.append(
            Cause("规则或程序变更后重算", "counted again after a change of rules or code")
        )
    if causes:
        return Cause(
            "、".join(one.zh for one in causes), " and ".join(one.en for one in causes)
        )
    return Cause(
        "重新计算后，其间没有新交付，规则与程序也未变",
        "counted again without a new delivery or a change of rules or code",
    )


def _decisions_since(connection: Connection, since: datetime) -> int:
    """How often stewards have said who is who, or taken it back."""
    return sum(
        int(connection.scalar(text(DECIDED.format(table=table)), {"since": since}) or 0)
        for table in DECISIONS
        if connection.scalar(text("select to_regclass(:name)"), {"name": table})
    )


def _decisions(how_many: int) -> Cause:
    if how_many == 1:
        return Cause("1 项人工裁决后", "after a decision of a steward")
    return Cause(f"{how_many} 项人工裁决后", f"after {how_many} decisions of stewards")


def _deliveries(days: Sequence[date]) -> Cause:
    first, last = f"{days[0]:%Y-%m-%d}", f"{days[-1]:%Y-%m-%d}"
    if len(days) == 1:
        return Cause(f"{first} 交付到达后", f"after the delivery of {first}")
    return Cause(
        f"{first} 至 {last} 的 {len(days)} 次交付到达后",
        f"after {len(days)} deliveries of {first} to {last}",
    )
