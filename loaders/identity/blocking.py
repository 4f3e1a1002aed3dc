"""Which clusters are compared at all: those that share a key that few others have.

Goes in: the tables `fresh_profile` and `owner`. Comes out: blocking keys, and for the
clusters that changed the pairs to score. A key that too many share is left out, and said
so: work grows with the records, not with their square.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

Report = Callable[[str], None]

LARGEST_BLOCK = 200
# A phone of more names than a household has is the village doctor's or the school's.
HOUSEHOLD_NAMES = 5

# `phone` pairs nobody: it tells how many names a phone has.
BLOCK_SQL = """
create or replace table fresh_block as
with

-- Phones are hashed here, and once.
spoken as materialized (
    select
        said.cluster, name.sound, said.born_on, said.number, name.has_lost_characters,
        name.fuzzy_surnames, name.fuzzy_sounds, said.lunar_days, said.phones,
        said.houses, said.villages,
        stable_hash(name.sound || '|' || coalesce(said.born_on::text, '')) as face,
        list_transform(said.phones, lambda phone: stable_hash(phone)) as phone_keys
    from fresh_profile as said
    inner join name on said.name_id = name.name_id
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


def lay_out_blocks(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `fresh_block`: the keys of every cluster in `fresh_profile`."""
    duck.execute(KIND_SQL)
    duck.execute(BLOCK_SQL)


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
