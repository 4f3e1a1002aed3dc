-- One row per report of a known person that may join others: what the rows of a source say
-- together of one event, such as all settlements of one treatment.
with

reported_event as (

    select * from {{ ref('rec_reported_event') }}

),

united as (

    select
        unit_id,
        report_kind,
        person_id,
        min(begins_at) as begins_at,
        min(begins_on) as begins_on,
        max(ends_on) as ends_on,
        sum(fee_fen)::bigint as fee_fen
    from reported_event
    where person_id is not null
    group by unit_id, report_kind, person_id
    having bool_or(may_join)

),

reported_unit as (

    select
        -- keys
        united.unit_id,
        -- who and where
        united.person_id,
        reported_event.institution_code,
        reported_event.centre_code,
        -- what
        united.report_kind,
        reported_event.number_key,
        reported_event.match_key,
        reported_event.way_code,
        -- when
        united.begins_at,
        united.begins_on,
        united.ends_on,
        -- measures
        united.fee_fen
    from united
    inner join reported_event
        on united.unit_id = reported_event.event_id

)

select * from reported_unit
