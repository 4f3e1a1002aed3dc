"""What no person may be, whatever linked it: guards that refuse publication.

Linking is built so that none of this can happen; a guard finds out when it has happened
nevertheless, from the links and the records alone. Each has a test that breaks the links.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from expectations.chance import tolerated_count
from expectations.check import Check, no_rows
from expectations.layout import Layout
from expectations.thresholds import RecordThresholds
from expectations.written import written

LINKS = "identity.person_link"
RECORDS = "identity.source_person"
DECISIONS = "identity.active_decision"
RELATIONS = "identity.source_relation"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# Most numbers are clean. Of the others full-width digits and what stands for the X are
# translated, and all that is neither is left out.
CLEANED = (
    "case when length(told.id_number) = 18 and told.id_number ~ '^[0-9]+[0-9X]$'"
    " then told.id_number else"
    " regexp_replace(upper(translate(told.id_number, '０１２３４５６７８９Ｘｘ×ХхΧχ',"
    " '0123456789XXXXXXX')), '[^0-9X]', '', 'g') end"
)
# GB 11643: weighted, with ten for X, the eighteen characters leave one modulo eleven.
PASSES_CHECK = (
    "mod("
    + " + ".join(
        f"{weight} * cast(substr(number, {place}, 1) as integer)"
        for place, weight in enumerate(WEIGHTS, start=1)
    )
    + " + cast(replace(substr(number, 18, 1), 'X', '10') as integer), 11) = 1"
)
# Two people whom a steward holds to be one may bring two numbers.
UNLESS_DECIDED = f"""
    and not exists (
        select 1
        from {DECISIONS} as decision
        inner join {LINKS} as decided on decision.record_key_a = decided.record_key
        where decision.verdict = 'same' and decided.person_id = own.person_id
    )
"""
# Most records of somebody say the same; what takes time is asked of each thing said once.
NUMBERS_SQL = f"""
select own.person_id as key
from (
    select said.person_id, said.number
    from (
        select told.person_id, told.born_on, {CLEANED} as number
        from (
            select distinct link.person_id, record.id_number, record.born_on
            from {{batch}} as link
            inner join {RECORDS} as record on link.record_key = record.record_key
            where
                link.person_id is not null
                and not link.is_contested
                and record.id_number is not null
                and record.born_on is not null
        ) as told
        offset 0
    ) as said
    -- A number that tells another birthday is not his own.
    where
        length(said.number) = 18
        and substr(said.number, 7, 8) = to_char(said.born_on, 'YYYYMMDD')
    group by said.person_id, said.number
) as own
where
    right(number, 3) <> '000'
    and case when number ~ '^[0-9]+[0-9X]$' then {PASSES_CHECK} else false end
group by own.person_id
having
    count(*) > 1
    {{unless}}
"""
# Chinese names that are no newborn's; birth dates that are no form's default.
FACES_SQL = f"""
    select distinct
        told.person_id,
        regexp_replace(told.person_name, '[（(].*$|[[:space:]]|[0-9]', '', 'g') as name,
        told.born_on
    from (
        select distinct link.person_id, record.person_name, record.born_on
        from {{batch}} as link
        inner join {RECORDS} as record on link.record_key = record.record_key
        where link.person_id is not null and record.born_on > date '1900-12-31'
        offset 0
    ) as told
    where to_char(told.born_on, 'MMDD') <> '0101'
"""
CHAINED_SQL = """
select person_id as key
from ({faces}) as face
group by person_id
having count(distinct name) > {most} and count(distinct born_on) > {most}
"""
CONTRADICTION_SQL = """
select 'people who contradict themselves: ' || contradicting.how_many as key
from (
    select count(*) as how_many
    from (
        select person_id, array_agg(name) as names, array_agg(born_on) as births
        from ({faces}) as face
        where
            name ~ '^[一-龥]+$' and length(name) between 2 and 4
            and name !~ '[之婴]|^(无名|未知|不详|患者)'
        group by person_id
        having max(born_on) - min(born_on) > 730
    ) as own
    where exists (
        select 1
        from unnest(own.names, own.births) as one (name, born_on)
        cross join unnest(own.names, own.births) as other (name, born_on)
        where
            other.born_on - one.born_on > 730
            -- Not a character in common.
            and translate(one.name, other.name, '') = one.name
    )
    {unless}
) as contradicting
cross join (select count(distinct person_id) as how_many from {{batch}} as link) as people
where contradicting.how_many > {most}
"""
SAME_PERSON_SQL = f"""
select distinct one.person_id as key
from {{batch}} as one
inner join {{pairs}} on one.record_key = pair.record_key_a
inner join {LINKS} as other on pair.record_key_b = other.record_key
where one.person_id = other.person_id
"""
BANNED = (
    f"(select record_key_a, record_key_b from {DECISIONS} where verdict = 'different')"
    " as pair"
)
MOTHER_AND_CHILD = (
    "(select record_key as record_key_a, other_record_key as record_key_b"
    f" from {RELATIONS} where relation = 'mother_of') as pair"
)
# One system that numbers the children of one birth says itself that they are several.
TWINS_SQL = f"""
select link.person_id as key
from {{batch}} as link
inner join {RECORDS} as record on link.record_key = record.record_key
where
    link.person_id is not null and record.born_on is not null
    and record.birth_order is not null
group by link.person_id, link.source_system, link.source_table, record.born_on
having count(distinct record.birth_order) > 1
"""

# The links of whoever has a record that was written, was linked otherwise, or is related
# otherwise: nobody else can have become what nobody may be.
TOUCHED_LINKS = f"""(
    select link.* from {LINKS} as link
    where link.person_id in (
        select touched.person_id from {written("person_id", LINKS)} as touched
        union
        select told.person_id from {LINKS} as told
        where told.record_key in {written("row_key", RECORDS, RELATIONS)}
    )
)"""
# Whoever is gone makes a share of the others greater.
GONE = f"""
select former.person_id from {written("distinct person_id", LINKS)} as former
where
    former.person_id is not null
    and not exists (select from {LINKS} as link where link.person_id = former.person_id)
"""


def identity_guards(layout: Layout, limits: RecordThresholds) -> Iterator[Check]:
    """The guards of what is there: stewards and relations may not be."""
    if not layout.has(RECORDS, "person_name", "born_on", "id_number"):
        return
    decided = layout.has(DECISIONS)
    told_by = tuple(name for name in (LINKS, RECORDS, RELATIONS) if layout.has(name))
    guard = partial(_guard, told_by)
    unless = UNLESS_DECIDED if decided else ""
    yield guard(
        "one_valid_number_each",
        NUMBERS_SQL.replace("{unless}", unless),
        zh="一个人至多一个自己的有效身份证号（人工认定者除外）",
        en="Nobody has two valid id numbers of his own, unless a steward has said so",
    )
    most = int(limits.faces_of_person.limit)
    yield guard(
        "no_chained_people",
        CHAINED_SQL.format(faces=FACES_SQL, most=most),
        zh=f"没有人同时有超过 {most} 个姓名和 {most} 个出生日期",
        en=f"Nobody has more than {most} names and {most} birth dates",
    )
    share = limits.contradicting_share.limit
    contradicting = partial(CONTRADICTION_SQL.format, faces=FACES_SQL, unless=unless)
    yield guard(
        "few_contradictions",
        contradicting(most=tolerated_count(str(share), "people.how_many")),
        zh=f"姓名无一字相同、生日相差两年以上的“一个人”不超过 {share:.1%}"
        "（人工认定者除外）",
        en=f"At most {share:.1%} of the people have names without a character in common"
        " and birth dates years apart, unless a steward has said so",
        doubt=f"({contradicting(most=0)}) union all {GONE}",
    )
    if layout.has(RECORDS, "birth_order"):
        yield guard(
            "twins_apart",
            TWINS_SQL,
            zh="同一系统编了不同出生顺序的孩子没有被合并",
            en="Children whom one system counts as several of one birth are several people",
        )
    if decided:
        yield guard(
            "decisions_kept",
            SAME_PERSON_SQL.replace("{pairs}", BANNED),
            zh="人工认定为不同人的记录没有被合并",
            en="Records that a steward holds to be different people are different people",
        )
    if layout.has(RELATIONS, "other_record_key"):
        yield guard(
            "mother_and_child_apart",
            SAME_PERSON_SQL.replace("{pairs}", MOTHER_AND_CHILD),
            zh="孩子没有并入母亲",
            en="No child has become one person with its mother",
        )


def _guard(
    told_by: tuple[str, ...],
    name: str,
    failing: str,
    *,
    zh: str,
    en: str,
    doubt: str | None = None,
) -> Check:
    return no_rows(
        LINKS,
        name,
        failing,
        severity="critical",
        zh=zh,
        en=en,
        look_at="onecard person",
        told_by=told_by,
        doubt=(doubt or failing).replace("{batch}", TOUCHED_LINKS),
    )
