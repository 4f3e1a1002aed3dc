"""Whether everyone who is named has been given a person, and whether each person is one."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, no_rows
from expectations.thresholds import RecordThresholds
from expectations.written import written

LINKS = "identity.person_link"
RECORDS = "identity.source_person"
LEDGER = "identity.person_ledger"
# A link's key holds what a source system calls a number, so a failing one is shown by
# system and table, and as the beginning of its md5.
LINK_KEY = "source_system || ' ' || source_table || ' ' || left(md5(record_key), 12)"


def identity_checks(limits: RecordThresholds) -> Iterator[Check]:
    """The checks of the links, which the record is built on."""
    share = limits.linked_share.limit
    yield Check(
        table=LINKS,
        name="record_key_unique",
        expectation="ExpectColumnValuesToBeUnique",
        severity="critical",
        zh="每条含人员的源记录只有一个归属",
        en="Every record that names a person has one link",
        look_at=LINKS,
        arguments={"column": "record_key"},
        failing=f"select {LINK_KEY} as key from {LINKS} where record_key in"
        f" (select record_key from {LINKS} group by record_key having count(*) > 1)",
        told_by=(LINKS,),
        doubt=f"select from {LINKS} where record_key in {written('row_key', LINKS)}"
        " group by record_key having count(*) > 1",
    )
    yield Check(
        table=LINKS,
        name="linked",
        expectation="ExpectColumnValuesToNotBeNull",
        severity="critical",
        zh=f"未搁置的源记录至少 {share:.0%} 有归属的人",
        en=f"At least {share:.0%} of the records that are not set aside have a person",
        look_at=LINKS,
        arguments={
            "column": "person_id",
            "mostly": share,
            "row_condition": {
                "type": "comparison",
                "column": {"name": "method"},
                "operator": "!=",
                "parameter": "set_aside",
            },
        },
        failing=f"select {LINK_KEY} as key from {LINKS}"
        " where person_id is null and method <> 'set_aside'",
        told_by=(LINKS,),
        doubt=f"select from {LINKS} where record_key in {written('row_key', LINKS)}"
        " and person_id is null and method <> 'set_aside'",
    )
    yield no_rows(
        LINKS,
        "everyone_asked",
        """
        select 'records without link or links without record: ' || count(*) as key
        from {batch} as link
        full join identity.source_person
            on link.record_key = source_person.record_key
        where link.record_key is null or source_person.record_key is null
        having count(*) > 0
        """,
        severity="critical",
        zh="身份关联处理了每一条含人员的源记录，不多不少",
        en="Linking has dealt with every record that names a person, and no other",
        look_at=LINKS,
        told_by=(LINKS, RECORDS),
        doubt=f"""
        select from {written("distinct row_key", LINKS, RECORDS)} as named
        where
            named.row_key is null
            or exists (select from {LINKS} where record_key = named.row_key)
            <> exists (select from {RECORDS} where record_key = named.row_key)
        """,
    )
    yield no_rows(
        LINKS,
        "issued_ids_only",
        """
        select distinct link.person_id as key
        from {batch} as link
        left join identity.person_ledger
            on link.person_id = person_ledger.person_id and person_ledger.status = 'active'
        where link.person_id is not null and person_ledger.person_id is null
        """,
        severity="critical",
        zh="只使用号簿发出且仍有效的人员编号",
        en="Only person ids that the ledger has issued and not retired are in use",
        look_at="identity.person_ledger",
        told_by=(LINKS, LEDGER),
        doubt=f"""
        select from {written("distinct person_id", LINKS, LEDGER)} as named
        inner join {LINKS} as link on named.person_id = link.person_id
        where not exists (
            select from {LEDGER}
            where person_ledger.person_id = named.person_id and status = 'active'
        )
        """,
    )
    most = int(limits.largest_person.limit)
    large = f"""
        select person_id as key from {{batch}}
        where person_id is not null and source_table <> 'SETL_D' {{among}}
        group by person_id having count(*) > {most}
    """
    yield no_rows(
        LINKS,
        "no_person_too_large",
        large.replace("{among}", ""),
        severity="warning",
        zh=f"没有人名下超过 {most} 条记录（不计结算）",
        en=f"Nobody has more than {most} records, settlements apart",
        look_at="onecard person",
        told_by=(LINKS,),
        doubt=large.replace("{batch}", LINKS).replace(
            "{among}", f"and person_id in {written('person_id', LINKS)}"
        ),
    )
    yield no_rows(
        LINKS,
        "review_queue_bounded",
        f"""
        select 'open review tasks: ' || tasks.how_many as key
        from (select count(*) as how_many from identity.review_task
              where state = 'open') as tasks
        cross join (select count(distinct person_id) as how_many from {{batch}}) as people
        where tasks.how_many > {limits.review_share.limit} * people.how_many
        """,
        severity="warning",
        zh=f"待复核任务不超过人数的 {limits.review_share.limit:.0%}",
        en=f"Open review tasks are at most {limits.review_share.limit:.0%} of the people",
        look_at="identity.review_task",
    )
