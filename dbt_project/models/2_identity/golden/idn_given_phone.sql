{{ config(materialized='per_person', indexes=[{'columns': ['phone']}]) }}
-- One row per person and phone: in how many records it was given, and when.
with

stated_attribute as (

    select * from {{ ref('idn_stated_attribute') }}
    where attribute = 'phone'

),

given_phone as (

    select
        -- who
        person_id,
        value as phone,
        -- when
        min(stated_on) as first_seen_on,
        max(stated_on) as last_seen_on,
        -- measures
        count(*) as record_count
    from stated_attribute
    group by person_id, value

)

select * from given_phone
