"""Which clusters are compared at all: those that share a key that few others have.

Goes in: rule clusters with what they say of themselves. Comes out: for the clusters that
changed, the pairs to score. A key that too many share is left out, and said so: work grows
with the records, not with their square.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

Report = Callable[[str], None]

LARGEST_BLOCK = 200
# A phone of more names than a household has is the village doctor's or the school's.
HOUSEHOLD_NAMES = 5

# What a cluster says of itself, one row per distinct way of saying it.
PROFILE_SQL = """
create or replace table fresh_profile as
with

said_of_place as (
    select distinct
        standing.cluster, record.phone, record.town, record.town_code, record.village,
        record.house, record.household_id
    from record
    inner join standing on record.claim = standing.claim
),

-- The villagers' group that a house stands in, with its town and village.
grouped as (
    select house, nullif(regexp_extract(house, '(.+[组队])[|]', 1), '') as group_name
    from (select distinct house from record where house is not null)
),

contact as (
    select
        said.cluster,
        list_sort(list(distinct said.phone) filter (said.phone is not null)) as phones,
        list_sort(list(distinct said.town) filter (said.town is not null)) as towns,
        list_sort(list(distinct said.town_code) filter (said.town_code is not null))
            as town_codes,
        list_sort(list(distinct said.village) filter (said.village is not null))
            as villages,
        -- A household number says no more than a house number, and no less.
        list_sort(list_distinct(list_concat(
            coalesce(list(said.house) filter (said.house is not null), []),
            coalesce(
                list('household|' || said.household_id)
                    filter (said.household_id is not null),
                []
            )
        ))) as houses,
        list_sort(list(distinct grouped.group_name) filter (grouped.group_name is not null))
            as groups
    from said_of_place as said
    left join grouped on said.house = grouped.house
    group by said.cluster
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
),

-- What is sorted is narrow; names and contacts are joined to it.
placed as (
    select
        telling.*,
        row_number() over (
            partition by telling.cluster
            order by
                telling.claim, name.key, telling.born_on, telling.sex_code, telling.number
        )::integer as place
    from telling
    inner join name on telling.name_id = name.name_id
    where name.key <> '' or telling.born_on is not null
)

select
    source.record_no as cluster,
    telling.place,
    spoken.record_key,
    telling.* exclude (cluster, claim, name_id, place),
    name.key as name_key,
    name.sound,
    name.surname,
    name.rank,
    name.is_newborn,
    name.has_lost_characters,
    name.masks,
    name.shortened,
    name.tones,
    name.sounds,
    name.fuzzy_sounds,
    name.fuzzy_surnames,
    name.head,
    coalesce(lunar.lunar_days, []) as lunar_days,
    coalesce(contact.phones, []) as phones,
    coalesce(contact.towns, []) as towns,
    coalesce(contact.town_codes, []) as town_codes,
    coalesce(contact.villages, []) as villages,
    coalesce(contact.houses, []) as houses,
    coalesce(contact.groups, []) as groups
from placed as telling
inner join name on telling.name_id = name.name_id
inner join contact on telling.cluster = contact.cluster
left join lunar on telling.born_on = lunar.born_on
inner join source on telling.cluster = source.n
inner join source as spoken on telling.claim = spoken.n
"""

# `phone` pairs nobody: it tells how many names a phone has.
BLOCK_SQL = """
create or replace table fresh_block as
with

-- Phones are hashed here, and once.
spoken as materialized (
    select
        cluster, sound, born_on, number, has_lost_characters, fuzzy_surnames,
        fuzzy_sounds, lunar_days, phones, houses, villages,
        stable_hash(sound || '|' || coalesce(born_on::text, '')) as face,
        list_transform(phones, lambda phone: stable_hash(phone)) as phone_keys
    from fresh_profile
),

surnamed as (select *, unnest(fuzzy_surnames) as heard from spoken),

voiced as (select *, unnest(fuzzy_sounds) as voice from spoken),

keys as (
    select cluster, face, null as phone, 'name and birth year' as kind,
        voice || '|' || year(born_on) as key
    from voiced where not has_lost_characters
    union all
    select cluster, face, null, 'birth date and surname', born_on::text || '|' || heard
    from surnamed
    union all
    -- A lunar birthday is written as another date, and read as another one.
    select cluster, face, null, 'birth date and surname', unnest(lunar_days) || '|' || heard
    from surnamed
    union all
    select cluster, face, unnest(phone_keys), 'phone and surname',
        unnest(phones) || '|' || heard
    from surnamed
    union all
    select cluster, face, unnest(phone_keys), 'phone and birth date',
        unnest(phones) || '|' || born_on::text
    from spoken
    union all
    select cluster, face, null, 'house and surname', unnest(houses) || '|' || heard
    from surnamed
    union all
    select cluster, face, null, 'village and name', unnest(villages) || '|' || voice
    from voiced
    union all
    select cluster, face, null, 'village and birth date',
        unnest(villages) || '|' || born_on::text
    from spoken
    union all
    select cluster, face, null, 'number and birth year',
        right(number, 4) || '|' || year(born_on)
    from spoken
    union all
    select cluster, stable_hash(sound), unnest(phone_keys), 'phone', unnest(phones)
    from spoken where sound <> ''
)

select said.kind, said.key, said.cluster, said.face, owner.is_proven, said.phone
from (
    select distinct
        kind::block_kind as kind, stable_hash(key) as key, cluster, face, phone
    from keys
    where key is not null
) as said
inner join owner on said.cluster = owner.cluster
"""
# Millions of rows are grouped by it.
KIND_SQL = """
create type block_kind as enum (
    'name and birth year', 'birth date and surname', 'phone and surname',
    'phone and birth date', 'house and surname', 'village and name',
    'village and birth date', 'number and birth year', 'phone'
)
"""
OWNER_SQL = """
create or replace table owner as
select source.record_no as cluster, bool_or(standing.proven is not null) as is_proven
from standing
inner join source on standing.cluster = source.n
group by source.record_no
"""
# A profile as the state keeps it.
CONTENT_SQL = """
create or replace table fresh_content as
select cluster, place, to_json(fresh_profile)::varchar as content from fresh_profile
"""
# Everything that the comparison of a cluster with any other depends on; the digests of its
# profiles are added up, for to string so long texts together in order takes longer.
SIGNATURE_SQL = """
create or replace table fresh_signature as
select
    owner.cluster,
    (
        (coalesce(said.said, 0) * 2 + owner.is_proven::integer)
        & 1152921504606846975::hugeint
    )::bigint as signature
from owner
left join (
    select cluster, sum(stable_hash(place || '|' || content)) as said
    from fresh_content group by cluster
) as said on owner.cluster = said.cluster
"""

PAIRS_SQL = """
create or replace table cluster_pair as
with

small as (select kind, key from shared_key anti join large_key using (kind, key))

select distinct
    least(one.cluster, other.cluster) as cluster_a,
    greatest(one.cluster, other.cluster) as cluster_b
from seen_block as one
inner join touched on one.cluster = touched.cluster
inner join small on one.kind = small.kind and one.key = small.key
inner join seen_block as other
    on one.kind = other.kind and one.key = other.key and one.cluster <> other.cluster
left join touched as also on other.cluster = also.cluster
where
    -- Of two that are both touched the first finds the other.
    (also.cluster is null or one.cluster < other.cluster)
    -- Two valid numbers are two people; looked at only where all the rest is alike.
    and (not (one.is_proven and other.is_proven) or one.face = other.face)
    and (one.phone is null or one.phone not in (from group_phone))
"""
GROUP_PHONE_SQL = """
create or replace table group_phone as
select key from seen_block where kind = 'phone'
group by key having count(distinct face) > $household
"""
# Most keys have one bearer: to count different bearers is left for the few that may have
# too many.
SHARED_SQL = """
create or replace table shared_key as
select kind, key, count(*) as mentions from seen_block where kind <> 'phone'
group by kind, key having min(cluster) < max(cluster)
"""
LARGE_SQL = """
create or replace table large_key as
select kind, key from seen_block
semi join (from shared_key where mentions > $largest) as often using (kind, key)
group by kind, key having count(distinct cluster) > $largest
"""
TOO_LARGE_SQL = """
create or replace table too_large as
select kind, count(*) as keys from large_key group by kind
"""


def lay_out_profiles(duck: duckdb.DuckDBPyConnection) -> None:
    """Make profiles and blocking keys of the clusters in `standing`."""
    for statement in (
        PROFILE_SQL, OWNER_SQL, KIND_SQL, BLOCK_SQL,
    ):  # fmt: skip
        duck.execute(statement)


def lay_out_signatures(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `fresh_content`, profiles as the state keeps them, and their signatures."""
    for statement in (CONTENT_SQL, SIGNATURE_SQL):
        duck.execute(statement)


def find_shared_keys(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `shared_key`: keys in `seen_block` of several; and `large_key`: of too many."""
    duck.execute(SHARED_SQL)
    duck.execute(LARGE_SQL, {"largest": LARGEST_BLOCK})


def count_crowds(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `group_phone`, and of `large_key` the table `too_large`: how many by kind."""
    duck.execute(GROUP_PHONE_SQL, {"household": HOUSEHOLD_NAMES})
    duck.execute(TOO_LARGE_SQL)


def find_pairs(duck: duckdb.DuckDBPyConnection, report: Report) -> int:
    """Pairs of a `touched` cluster with any that shares a `shared_key`; how many.

    Reports the keys that were left out because too many share them.
    """
    left_out = duck.execute("select kind, keys from too_large order by kind").fetchall()
    for kind, keys in left_out:
        report(f"blocking by {kind}: {keys} keys shared by too many were left out")
    duck.execute(PAIRS_SQL)
    [(pairs,)] = duck.execute("select count(*) from cluster_pair").fetchall()
    return int(pairs)
