-- One row per visit, stay or settlement that is in no group, and per group without a lead.
with

event_group as (

    select * from {{ ref('rec_event_group') }}

),

encounter as (

    select * from {{ just_built(ref('rec_encounter')) }}

),

settlement as (

    select * from {{ just_built(ref('rec_settlement')) }}

),

known_event as (

    select encounter_id as event_id
    from encounter

    union all

    select event_id
    from settlement

),

built_group as (

    select * from {{ just_built(ref('rec_event_group')) }}

),

-- Not from the above: what is read twice is first copied as a whole.
lead_event as (

    select event_id
    from {{ ref('rec_event_group') }}
    where
        event_id = group_event_id
        and source_role = 'lead'

),

left_out as (

    select known_event.event_id
    from known_event
    left join event_group
        on known_event.event_id = event_group.event_id
    where event_group.event_id is null

    union all

    select built_group.event_id
    from built_group
    left join lead_event
        on built_group.group_event_id = lead_event.event_id
    where lead_event.event_id is null

)

select * from left_out
