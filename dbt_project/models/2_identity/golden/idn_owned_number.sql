{{ config(materialized='per_person', indexes=[{'columns': ['id_number']}]) }}
-- One row per person and identity number that a record of the person states as the person's
-- own: by it a relative is found who is named by a number alone.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

identifier_assertion as (

    select * from {{ source('identity', 'identifier_assertion') }}
    where
        id_type = 'resident_id'
        and is_valid
        and is_own

),

owned_number as (

    select distinct
        person_link.person_id,
        identifier_assertion.value_normalised as id_number
    from identifier_assertion
    inner join person_link
        on identifier_assertion.record_key = person_link.record_key
    where
        person_link.person_id is not null
        and not person_link.is_contested

)

select * from owned_number
