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
        count(*) over each_value as record_count,
        row_number() over (
            each_value
            order by
                golden_candidate.stated_on desc,
                {{ in_byte_order('golden_candidate.record_key') }} desc,
                -- A record can say it twice: itself, and by the number on it.
                {{ in_byte_order('golden_candidate.standing') }} asc
        ) as place
    from golden_candidate
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
        ranked.person_id,
        ranked.attribute,
        ranked.value,
        -- where it comes from
        ranked.record_key,
        ranked.source_system,
        ranked.source_table,
        ranked.standing,
        ranked.stated_on as last_stated_on,
        -- measures
        ranked.record_count,
        coalesce(ranked.value = golden_attribute.value, false) as is_chosen
    from golden_attribute
    inner join ranked
        on
            golden_attribute.person_id = ranked.person_id
            and golden_attribute.attribute = ranked.attribute
            and ranked.place = 1

)

select * from golden_conflict
