{%- set concerned -%}
    select phone as key
    from identity.person_phone
    where person_id in (select person_id from changes.affected_person)
    union
    select phone from affected.idn_given_phone
{%- endset -%}
{{ config(
    materialized='by_key',
    meta={'key_columns': ['phone'], 'concerned': concerned},
    indexes=[{'columns': ['phone']}],
) }}
-- One row per person and phone: when it was first and last given, and whether it is one
-- that too many people give, the village doctor's or the school's.
with

given as (

    select * from {{ ref('idn_given_phone') }}
    where {{ keys_concerned('phone') }}

),

default_value as (

    select * from {{ ref('default_value') }}
    where
        attribute = 'phone'
        and missing_when = 'shared'

),

shared as (

    select
        phone,
        count(*) as person_count
    from given
    group by phone

),

person_phone as (

    select
        -- who
        given.person_id,
        given.phone,
        -- when
        given.first_seen_on,
        given.last_seen_on,
        -- measures
        given.record_count,
        shared.person_count,
        coalesce(shared.person_count > default_value.at_least_persons, false) as is_group
    from given
    inner join shared
        on given.phone = shared.phone
    left join default_value
        on true

)

select * from person_phone
