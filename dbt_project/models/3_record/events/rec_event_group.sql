-- One row per event that several sources may report, with the event that they all report.
with

reported_event as (

    select * from {{ ref('rec_reported_event') }}

),

event_match as (

    select * from {{ ref('rec_event_match') }}

),

-- A report may join one that joins another: a service a follow-up, the follow-up a visit.
placed as (

    select
        reported_event.*,
        coalesce(
            onward.joins_unit_id, joined.joins_unit_id, reported_event.unit_id
        ) as group_event_id,
        joined.rule_id
    from reported_event
    left join event_match as joined
        on reported_event.unit_id = joined.unit_id
    left join event_match as onward
        on joined.joins_unit_id = onward.unit_id

),

-- What all rows of one source say of the event together: interim settlements add up.
united as (

    select
        *,
        min(begins_on) over each_unit as unit_begins_on,
        max(ends_on) over each_unit as unit_ends_on,
        sum(fee_fen) over each_unit as unit_fee_fen
    from placed
    window each_unit as (partition by unit_id)

),

compared as (

    select
        united.*,
        lead_event.event_kind as group_kind,
        united.unit_begins_on - lead_event.unit_begins_on as days_apart,
        united.unit_ends_on - lead_event.unit_ends_on as end_days_apart,
        (united.unit_fee_fen - lead_event.unit_fee_fen)::bigint as fee_apart_fen,
        -- The national and the insurer's edition agree in the first three characters.
        left(united.diagnosis_code, 3) <> left(lead_event.diagnosis_code, 3)
            as is_other_diagnosis,
        united.institution_code <> lead_event.institution_code as is_other_institution
    from united
    inner join united as lead_event
        on united.group_event_id = lead_event.event_id

),

event_group as (

    select
        -- keys
        event_id,
        group_event_id,
        unit_id,
        -- who and where
        person_id,
        institution_code,
        -- what
        event_kind,
        report_kind,
        group_kind,
        case
            when event_id = group_event_id then 'lead'
            when event_id <> unit_id then 'further_row'
            else 'same_event'
        end as source_role,
        rule_id,
        diagnosis_code,
        -- when
        begins_on,
        ends_on,
        -- measures
        fee_fen,
        -- differences from the event that leads, of all rows of the source together
        case when unit_id <> group_event_id then days_apart end as days_apart,
        case when unit_id <> group_event_id then end_days_apart end as end_days_apart,
        case when unit_id <> group_event_id then fee_apart_fen end as fee_apart_fen,
        case when unit_id <> group_event_id then is_other_diagnosis end
            as is_other_diagnosis,
        case when unit_id <> group_event_id then is_other_institution end
            as is_other_institution,
        -- where it comes from
        source_system,
        source_table,
        _file_id,
        _line_number
    from compared

)

select * from event_group
