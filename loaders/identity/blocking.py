"""Which profiles are compared at all: those that share a key that few others have.

Goes in: claims with their clusters. Comes out: profiles (what a cluster says of itself, one
row per distinct way of saying it) and the pairs of profiles to score. A key that too many
share is left out, and said so: work grows with the records, not with their square.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

Report = Callable[[str], None]

PROFILES = "profile"
BLOCKED_PAIRS = "blocked_pairs"
LARGEST_BLOCK = 200
# How often two people share their name, and how many people that experience is worth.
DECLARED_NAME_FREQUENCY = 3e-4
DECLARED_NAME_WEIGHT = 2000

PROFILE_SQL = """
create or replace table profile as
with

contact as (
    select
        standing.cluster,
        list_sort(list(distinct record.phone) filter (record.phone is not null)) as phones,
        list_sort(list(distinct record.town) filter (record.town is not null)) as towns,
        list_sort(list(distinct record.town_code) filter (record.town_code is not null))
            as town_codes,
        list_sort(list(distinct record.village) filter (record.village is not null))
            as villages,
        -- A household number says no more than a house number, and no less.
        list_sort(list_distinct(list_concat(
            coalesce(list(record.house) filter (record.house is not null), []),
            coalesce(
                list('household|' || record.household_id)
                    filter (record.household_id is not null),
                []
            )
        ))) as houses
    from record
    inner join standing on record.claim = standing.claim
    group by standing.cluster
),

stated as (
    select
        standing.cluster, claim.claim, claim.name_id, claim.born_on, claim.id_kind,
        coalesce(if(standing.proven is null, null, claim.id_sex_code), claim.sex_code)
            as sex_code,
        if(standing.barred is null, claim.id_text, null) as number,
        standing.proven is not null as is_proven,
        if(standing.proven is null, null, claim.id_born_on) as id_born_on
    from claim
    inner join standing on claim.claim = standing.claim
),

-- A proven number says its owner's birth date too, whatever a clerk has typed beside it.
dated as (
    select * exclude (id_born_on) from stated
    union all
    select * exclude (id_born_on) replace (id_born_on as born_on)
    from stated where id_born_on is distinct from born_on and id_born_on is not null
),

said as (
    select
        cluster, name_id, born_on, sex_code, number, is_proven,
        id_kind in ('excel_zeroed', 'excel_rounded') as is_damaged,
        min(claim) as claim
    from dated
    group by all
),

-- A statement without a birth date adds nothing to one of the same name that has it.
telling as (
    select * from said
    qualify born_on is not null
        or not bool_or(born_on is not null) over (partition by cluster, name_id, number)
)

select
    row_number() over (
        order by telling.cluster, telling.claim, telling.name_id, telling.born_on,
        telling.sex_code, telling.number
    )::integer as profile,
    telling.*,
    name.key as name_key,
    name.sound,
    name.surname,
    name.rank,
    name.is_newborn,
    name.has_lost_characters,
    name.masks,
    name.shortened,
    coalesce(contact.phones, []) as phones,
    coalesce(contact.towns, []) as towns,
    coalesce(contact.town_codes, []) as town_codes,
    coalesce(contact.villages, []) as villages,
    coalesce(contact.houses, []) as houses
from telling
inner join name on telling.name_id = name.name_id
inner join contact on telling.cluster = contact.cluster
where name.key <> '' or telling.born_on is not null
order by profile
"""

NAME_FREQUENCY_SQL = """
create or replace table name_frequency as
with

-- Two records of one person count once: people are told apart here by their birth dates.
bearer as (
    select distinct name_key, coalesce(born_on, date '0001-01-01') as born_on from profile
)

-- Few records say little about how common a name is: the declared frequency weighs in as
-- much as that many people would.
select
    name_key,
    (count(*) + $declared * $weight) / ((select count(*) from bearer) + $weight)
        as tf_name_key
from bearer
group by name_key
"""

BLOCK_SQL = """
create or replace table block as
with

keys as (
    select profile, 'name and birth year' as kind, sound || '|' || year(born_on) as key
    from profile where sound <> '' and not has_lost_characters
    union all
    select profile, 'birth date and surname', born_on::text || '|' || surname
    from profile where surname <> ''
    union all
    select profile, 'phone and surname', unnest(phones) || '|' || surname
    from profile where surname <> ''
    union all
    select profile, 'phone and birth date', unnest(phones) || '|' || born_on::text
    from profile
    union all
    select profile, 'house and surname', unnest(houses) || '|' || surname
    from profile where surname <> ''
    union all
    select profile, 'village and name', unnest(villages) || '|' || sound
    from profile where sound <> ''
    union all
    select profile, 'village and birth date', unnest(villages) || '|' || born_on::text
    from profile
    union all
    select profile, 'number and birth year', right(number, 4) || '|' || year(born_on)
    from profile
)

select distinct profile, kind, key from keys where key is not null
"""

PAIRS_SQL = """
create or replace table blocked_pairs as
with

small_block as (
    select kind, key from block group by kind, key having count(*) between 2 and $largest
),

member as (
    select
        profile.profile, profile.cluster, profile.is_proven, profile.sound, profile.born_on,
        block.kind, block.key
    from block
    inner join small_block on block.kind = small_block.kind and block.key = small_block.key
    inner join profile on block.profile = profile.profile
)

select distinct
    '0' as match_key,
    one.profile as join_key_l,
    other.profile as join_key_r
from member as one
inner join member as other
    on one.kind = other.kind and one.key = other.key and one.profile < other.profile
where
    one.cluster <> other.cluster
    -- Two valid numbers are two people; looked at only where all the rest is alike.
    and (
        not (one.is_proven and other.is_proven)
        or (one.sound = other.sound and one.born_on = other.born_on)
    )
"""

TOO_LARGE_SQL = """
select kind, count(*) from (
    select kind, key from block group by kind, key having count(*) > $largest
)
group by kind order by kind
"""


def lay_out_profiles(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the profiles of all clusters and count how common each name is."""
    duck.execute(PROFILE_SQL)
    duck.execute(
        NAME_FREQUENCY_SQL,
        {"declared": DECLARED_NAME_FREQUENCY, "weight": DECLARED_NAME_WEIGHT},
    )


def block(duck: duckdb.DuckDBPyConnection, report: Report) -> int:
    """Make the pairs to score; returns their number and reports the keys left out."""
    limit = {"largest": LARGEST_BLOCK}
    duck.execute(BLOCK_SQL)
    for kind, left_out in duck.execute(TOO_LARGE_SQL, limit).fetchall():
        report(f"blocking by {kind}: {left_out} keys shared by too many were left out")
    duck.execute(PAIRS_SQL, limit)
    [(pairs,)] = duck.execute("select count(*) from blocked_pairs").fetchall()
    return int(pairs)
