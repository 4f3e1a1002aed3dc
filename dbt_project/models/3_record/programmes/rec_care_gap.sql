-- Duties are met by services that are found by equality; the planner cannot foresee how
-- many there are and would compare each with each.
{{ config(pre_hook='set local enable_nestloop = off') }}
-- One row per time in which a person went without care that the rules ask for. Nothing
-- here knows what day it is: a gap that is still to begin is a duty that may yet be met.
with

repeated_duty as (

    select * from {{ ref('rec_repeated_duty') }}

),

single_duty as (

    select * from {{ ref('rec_single_duty') }}

),

duty as (

    select * from repeated_duty

    union all

    select * from single_duty

),

care_gap as (

    select
        -- keys
        person_id
        || '|' || rule_id
        || '|' || coalesce(detail_code, '')
        || '|' || from_on
        || '|' || from_event_id as care_gap_id,
        -- who
        person_id,
        -- what
        rule_id,
        programme,
        service,
        detail_code,
        -- when
        from_on,
        due_by_on,
        due_by_on + 1 as begins_on,
        -- The service that came late, or the end of care, ends it; one day late is one day.
        case
            when served_on is null then ends_on
            else greatest(served_on - 1, due_by_on + 1)
        end as ends_on,
        served_on,
        -- where it comes from
        from_event_id,
        served_event_id
    from duty
    where
        (served_on is null or served_on > due_by_on)
        and (ends_on is null or ends_on > due_by_on)

)

select * from care_gap
