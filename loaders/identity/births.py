"""Births: whose child a record is, where it says so, and which records are one child.

Goes in: `identity.source_relation` for the records in scope. Comes out: the table `birth`
(one row per record that names its mother, or that is a mother's and tells of a birth). Two
records of children of one mother, born on one day, are one child where a record says that
she gave birth to one; of twins only what each has of its own can tell them apart. A card on
which a newborn is called after its mother names her by that alone.
"""

from __future__ import annotations

from typing import Any

import duckdb
from sqlalchemy import Connection, text

from loaders.identity.id_number import read_id_number
from loaders.identity.workbench import copy_in, put_table

# The mother by her number: as the child's record gives it, or as her own record does.
SAID_SQL = """
select
    said.record_key, said.relation,
    coalesce(said.other_id_number, {mother_number}) as mother_number,
    said.mother_record_key, said.child_born_on::text, said.child_born_from::text,
    said.child_born_until::text, said.birth_order::text, said.live_births::text,
    said.other_record_key
from (
    select
        relation.record_key, relation.relation,
        case when relation.relation = 'mother_of' then relation.other_id_number end
            as other_id_number,
        case
            when relation.relation = 'mother_of' then relation.other_record_key
            else relation.record_key
        end as mother_record_key,
        relation.child_born_on, relation.child_born_from, relation.child_born_until,
        relation.birth_order, relation.live_births, relation.other_record_key
    from identity.source_relation as relation
    inner join scope on relation.record_key = scope.record_key
    where relation.relation in ('mother_of', 'gave_birth')
) as said
"""
MOTHER_SQL = """
left join identity.source_person as mother on said.mother_record_key = mother.record_key
"""
# Of everybody the mother's own record is in the workbench, and not looked up elsewhere.
OWN_NUMBER_SQL = """
update birth_said set mother_number = mother.id_number
from source as mother
where
    birth_said.mother_number is null
    and birth_said.mother_record_key = mother.record_key
"""
NOTHING_SAID_SQL = """
create or replace table birth_said (
    record_key varchar, relation varchar, mother_number varchar, mother_record_key varchar,
    child_born_on varchar, child_born_from varchar, child_born_until varchar,
    birth_order varchar, live_births varchar, other_record_key varchar
)
"""
BIRTH_SQL = """
create or replace table birth as
select distinct
    source.n, said.relation = 'mother_of' as is_child, mother.key as mother,
    said.child_born_on::date as born_on, said.child_born_from::date as born_from,
    said.child_born_until::date as born_until, said.birth_order::integer as birth_order,
    said.live_births::integer as live_births
from birth_said as said
inner join source on said.record_key = source.record_key
inner join mother_read as mother on said.mother_number = mother.raw
where mother.key is not null
"""
# A day on which one child, and no more, was born to a mother, by all who speak of it.
SINGLE_SQL = """
create or replace table single_birth as
select mother, born_on
from birth
where born_on is not null
group by mother, born_on
having
    max(live_births) = 1
    and count(distinct birth_order) < 2
"""
# A record that knows but a span of days means the one birth in it. One that calls a newborn
# after a parent, and does not say whose it is, means the one that others call so; not where
# anything tells of two: another mother, sex or place among the children, or another town.
PAIRS_SQL = """
with

told as (
    select birth.n, birth.mother, single_birth.born_on
    from birth
    inner join single_birth
        on birth.mother = single_birth.mother and birth.born_on = single_birth.born_on
    where birth.is_child
    union all
    select birth.n, birth.mother, any_value(single_birth.born_on)
    from birth
    inner join single_birth
        on birth.mother = single_birth.mother
        and single_birth.born_on between birth.born_from and birth.born_until
    where birth.is_child and birth.born_on is null
    group by birth.n, birth.mother
    having count(distinct single_birth.born_on) = 1
),

called as (
    select
        record.n, name.key, name.rank, record.born_on, record.sex_code, birth.mother,
        coalesce(record.town_code, record.town) as town
    from record
    inner join name on record.name_id = name.name_id
    left join birth on record.n = birth.n and birth.is_child
    where
        name.is_newborn and name.key <> '' and not contains(name.key, '?')
        and record.born_on is not null
),

only_one as (
    select key, born_on, max(mother) as mother
    from called
    group by key, born_on
    having
        count(distinct mother) = 1
        and count(distinct sex_code) < 2
        and count(distinct nullif(rank, '')) < 2
),

home as (
    select id_key as mother, list(coalesce(town_code, town)) as towns
    from record
    where id_key in (select mother from only_one) and coalesce(town_code, town) is not null
    group by id_key
),

child as (
    select n, mother, born_on from told
    union all
    select called.n, only_one.mother, only_one.born_on
    from called
    inner join only_one
        on called.key = only_one.key and called.born_on = only_one.born_on
    inner join single_birth
        on
            only_one.mother = single_birth.mother
            and only_one.born_on = single_birth.born_on
    left join home on only_one.mother = home.mother
    where
        called.mother is null
        and (called.town is null or coalesce(list_contains(home.towns, called.town), true))
)

select distinct least(one.claim, other.claim), greatest(one.claim, other.claim)
from child as a
inner join child as b on a.mother = b.mother and a.born_on = b.born_on and a.n < b.n
inner join record as one on a.n = one.n
inner join record as other on b.n = other.n
where one.claim <> other.claim
order by 1, 2
"""


# Whatever else is alike: a child is not its mother.
MOTHERS_SQL = """
select distinct child.claim, mother.claim
from birth
inner join record as child on birth.n = child.n
inner join record as mother
    on birth.mother = mother.id_key and not mother.is_under_mother
inner join name on mother.name_id = name.name_id
where birth.is_child and not name.is_newborn and child.claim <> mother.claim
order by 1, 2
"""


def bring_births(
    connection: Connection, duck: duckdb.DuckDBPyConnection, everybody: bool
) -> None:
    """Make the table `birth_said` of the records in scope."""
    known = connection.scalar(text("select to_regclass('identity.source_relation')"))
    if known is None:
        duck.execute(NOTHING_SAID_SQL)
    elif everybody:
        copy_in(connection, SAID_SQL.format(mother_number="null"), duck, "birth_said")
    else:
        query = SAID_SQL.format(mother_number="mother.id_number") + MOTHER_SQL
        copy_in(connection, query, duck, "birth_said")


def lay_out_births(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `birth` of `birth_said` and `source`."""
    duck.execute(OWN_NUMBER_SQL)
    numbers: list[Any] = duck.execute(
        "select distinct mother_number from birth_said where mother_number is not null"
    ).fetchall()
    put_table(
        duck,
        "mother_read",
        {"raw": "text", "key": "text"},
        [(raw, read_id_number(raw).key) for (raw,) in numbers],
    )
    duck.execute(BIRTH_SQL)
    duck.execute(SINGLE_SQL)


def births_of_one(duck: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Pairs of claims that must be one child: the only one of its mother on its day."""
    rows: list[tuple[int, int]] = duck.execute(PAIRS_SQL).fetchall()
    return rows


def children_and_mothers(duck: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Claims of children with those of their mothers, who never are one person."""
    rows: list[tuple[int, int]] = duck.execute(MOTHERS_SQL).fetchall()
    return rows
