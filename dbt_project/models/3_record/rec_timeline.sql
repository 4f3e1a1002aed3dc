-- One row per event of a known person's life, in the words that all events share.
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

archive as (

    select * from {{ ref('rec_archive') }}

),

hypertension_record as (

    select * from {{ ref('rec_hypertension_record') }}

),

hypertension_follow_up as (

    select * from {{ ref('rec_hypertension_follow_up') }}

),

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

death as (

    select * from {{ ref('rec_death') }}

),

every_event as (

    select
        encounter_id as event_id,
        person_id,
        institution_code,
        kind as event_kind,
        main_diagnosis_code as detail_code,
        not_counted_because,
        started_at as happened_at,
        ended_at,
        net_fee_fen as fee_fen,
        _file_id,
        _line_number
    from encounter

    union all

    select
        event_id,
        person_id,
        institution_code,
        'archive' as event_kind,
        cancel_reason_code as detail_code,
        null as not_counted_because,
        created_on as happened_at,
        cancelled_on as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from archive

    union all

    select
        event_id,
        person_id,
        institution_code,
        'hypertension_record' as event_kind,
        risk_level_code as detail_code,
        null as not_counted_because,
        created_on as happened_at,
        cancelled_on as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from hypertension_record

    union all

    select
        event_id,
        person_id,
        institution_code,
        'hypertension_follow_up' as event_kind,
        follow_up_way_code as detail_code,
        null as not_counted_because,
        followed_up_on as happened_at,
        null as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from hypertension_follow_up

    union all

    select
        event_id,
        person_id,
        institution_code,
        'health_exam' as event_kind,
        exam_kind_code as detail_code,
        null as not_counted_because,
        examined_on as happened_at,
        null as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from health_exam

    union all

    select
        event_id,
        person_id,
        institution_code,
        'contract' as event_kind,
        team_id as detail_code,
        null as not_counted_because,
        begins_on as happened_at,
        coalesce(stopped_on, ends_on) as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from contract

    union all

    select
        event_id,
        person_id,
        institution_code,
        'settlement' as event_kind,
        medical_category_code as detail_code,
        not_counted_because,
        settled_at as happened_at,
        null as ended_at,
        total_fee_fen as fee_fen,
        _file_id,
        _line_number
    from settlement

    union all

    select
        event_id,
        person_id,
        null as institution_code,
        'death' as event_kind,
        root_cause_code as detail_code,
        null as not_counted_because,
        dead_on as happened_at,
        null as ended_at,
        null as fee_fen,
        _file_id,
        _line_number
    from death

),

timeline as (

    select *
    from every_event
    where person_id is not null

)

select * from timeline
