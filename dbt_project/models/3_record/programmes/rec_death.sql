-- One row per death card.
with

card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

death as (

    select
        -- keys
        card.record_key as event_id,
        -- who and where
        person_link.person_id,
        card.town_code,
        -- what and when
        card.root_cause_code,
        card.dead_on,
        card.reported_on,
        -- where it comes from
        card.source_system,
        card.source_table,
        card.org_code,
        card.native_id,
        card.native_part,
        card._file_id,
        card._line_number
    from card
    left join person_link
        on card.record_key = person_link.record_key
    where card.set_aside_because is null

)

select * from death
