{{ config(materialized='per_person') }}
-- One row per value of an attribute on which a person's records contradict each other, with
-- the newest record that says it; for the steward, and for whoever can repair the source.
with

golden_attribute as (

    select * from {{ ref('idn_golden_attribute') }}
    where is_conflict

),

golden_candidate as (

    select * from {{ ref('idn_golden_candidate') }}

),

ranked as (

    select
        golden_candidate.*,
        golden_attribute.value as chosen_value,
        count(*) over each_value as record_count,
        row_number() over (
            each_value
            order by
                golden_candidate.stated_on desc,
                {{ in_byte_order('golden_candidate.record_key') }} desc,
                -- A record can say it twice: itself, and by the number on it.
                {{ in_byte_order('golden_candidate.standing') }} asc
        ) as place
    from golden_attribute
    inner join golden_candidate
        on
            golden_attribute.person_id = golden_candidate.person_id
            and golden_attribute.attribute = golden_candidate.attribute
    window each_value as (
        partition by
            golden_candidate.person_id,
            golden_candidate.attribute,
            golden_candidate.value
    )

),

golden_conflict as (

    select
        -- who and what
        person_id,
        attribute,
        value,
        -- where it comes from
        record_key,
        source_system,
        source_table,
        standing,
        stated_on as last_stated_on,
        -- measures
        record_count,
        coalesce(value = chosen_value, false) as is_chosen
    from ranked
    where place = 1

)

select * from golden_conflict
