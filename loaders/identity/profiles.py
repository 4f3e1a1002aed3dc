"""What a rule cluster says of itself, in the form in which it is compared.

Goes in: records, claims and their standing in the workbench. Comes out: the table
`fresh_profile`, one row per way of saying it, with its name by number, and what the state
keeps of it.
"""

from __future__ import annotations

import duckdb

from loaders.identity.person_name import NAME_PARTS

# What a profile says besides its name.
KEPT = (
    "record_key", "born_on", "sex_code", "number", "is_proven", "is_damaged", "lunar_days",
    "phones", "towns", "town_codes", "villages", "houses", "groups",
)  # fmt: skip
PROFILE_SQL = """
create or replace table fresh_profile as
with

-- Phones, houses and households apart: together they would be multiplied.
phoned as (
    select cluster, list_sort(list(phone)) as phones
    from (
        select distinct standing.cluster, record.phone
        from record
        inner join standing on record.claim = standing.claim
        where record.phone is not null
    )
    group by cluster
),

housed as (
    select cluster, list('household|' || household_id) as households
    from (
        select distinct standing.cluster, record.household_id
        from record
        inner join standing on record.claim = standing.claim
        where record.household_id is not null
    )
    group by cluster
),

-- The villagers' group that a house stands in, with its town and village.
grouped as (
    select house, nullif(regexp_extract(house, '(.+[组队])[|]', 1), '') as group_name
    from (select distinct house from record where house is not null)
),

lived as (
    select distinct
        standing.cluster, record.town, record.town_code, record.village, record.house
    from record
    inner join standing on record.claim = standing.claim
    where coalesce(record.town, record.town_code, record.village, record.house) is not null
),

located as (
    select
        lived.cluster,
        list_sort(list(distinct lived.town) filter (lived.town is not null)) as towns,
        list_sort(list(distinct lived.town_code) filter (lived.town_code is not null))
            as town_codes,
        list_sort(list(distinct lived.village) filter (lived.village is not null))
            as villages,
        list(distinct lived.house) filter (lived.house is not null) as houses,
        list_sort(list(distinct grouped.group_name) filter (grouped.group_name is not null))
            as groups
    from lived
    left join grouped on lived.house = grouped.house
    group by lived.cluster
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
    telling.name_id,
    spoken.record_key,
    telling.* exclude (cluster, claim, name_id, place),
    coalesce(lunar.lunar_days, []) as lunar_days,
    coalesce(phoned.phones, []) as phones,
    coalesce(located.towns, []) as towns,
    coalesce(located.town_codes, []) as town_codes,
    coalesce(located.villages, []) as villages,
    -- A household number says no more than a house number, and no less.
    list_sort(list_concat(coalesce(located.houses, []), coalesce(housed.households, [])))
        as houses,
    coalesce(located.groups, []) as groups
from placed as telling
left join phoned on telling.cluster = phoned.cluster
left join housed on telling.cluster = housed.cluster
left join located on telling.cluster = located.cluster
left join lunar on telling.born_on = lunar.born_on
inner join source on telling.cluster = source.n
inner join source as spoken on telling.claim = spoken.n
"""

OWNER_SQL = """
create or replace table owner as
select source.record_no as cluster, bool_or(standing.proven is not null) as is_proven
from standing
inner join source on standing.cluster = source.n
group by source.record_no
"""
# A profile as the state keeps it: of the name what it is made of, and nothing that follows.
CONTENT_SQL = f"""
create or replace table fresh_content as
select
    said.cluster, said.place,
    '{{"name":' || named.said || ',' || substr(said.other::varchar, 2) as content
from (
    select
        cluster, place, name_id,
        to_json({{{", ".join(f"'{name}': {name}" for name in KEPT)}}}) as other
    from fresh_profile
) as said
inner join (
    select name_id, json_array({NAME_PARTS})::varchar as said from name
) as named on said.name_id = named.name_id
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


def lay_out_profiles(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `fresh_profile` of the clusters in `standing`; `owner`: who proves a number."""
    for statement in (PROFILE_SQL, OWNER_SQL):
        duck.execute(statement)


def lay_out_signatures(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `fresh_content`, profiles as the state keeps them, and their signatures."""
    for statement in (CONTENT_SQL, SIGNATURE_SQL):
        duck.execute(statement)
