-- One row per source of an event and fact in which it differs from the report that leads.
with

event_group as (

    select * from {{ ref('rec_event_group') }}

),

differing as (

    select
        source.event_id,
        source.group_event_id,
        source.person_id,
        source.report_kind,
        source.group_kind,
        source.rule_id,
        fact.aspect,
        fact.difference
    from event_group as source
    cross join
        lateral (
            values
            ('begin', source.days_apart::bigint),
            ('end', source.end_days_apart::bigint),
            ('fee', source.fee_apart_fen),
            ('diagnosis', case when source.is_other_diagnosis then 1 else 0 end::bigint),
            ('institution', case when source.is_other_institution then 1 else 0 end::bigint)
        ) as fact (aspect, difference)
    where
        source.source_role = 'same_event'
        and fact.difference <> 0

),

event_conflict as (

    select
        -- keys
        event_id || '|' || aspect as conflict_id,
        event_id,
        group_event_id,
        -- who
        person_id,
        -- what
        report_kind,
        group_kind,
        rule_id,
        aspect,
        -- measures: days, fen, or 1 where two codes differ
        difference
    from differing

)

select * from event_conflict
