-- One row per laboratory report or sample, withdrawn ones included and marked.
with

sent_report as (

    select * from {{ ref('rec_sent_lab_report') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

patient_number as (

    select * from {{ ref('rec_patient_number') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

lab_report as (

    select
        -- keys
        sent_report.record_key as event_id,
        sent_report.report_number,
        coalesce(visit.encounter_id, stay.encounter_id) as encounter_id,
        -- who and where
        coalesce(
            visit.person_id,
            stay.person_id,
            patient_number.person_id,
            person_link.person_id
        ) as person_id,
        institution_code.institution_code,
        -- what
        sent_report.panel_code,
        sent_report.is_emergency,
        sent_report.recognition_code,
        recognised.institution_code as recognised_institution_code,
        sent_report.not_recognised_reason_code,
        sent_report.report_status_code,
        not sent_report.is_withdrawn as is_counted,
        case when sent_report.is_withdrawn then 'withdrawn' end as not_counted_because,
        -- when
        sent_report.requested_at,
        sent_report.reported_at,
        -- Nothing was tested where another institution's result was recognised.
        coalesce(sent_report.reported_at, sent_report.requested_at)::date as reported_on,
        -- where it comes from
        sent_report.source_system,
        sent_report.source_table,
        sent_report.org_code,
        sent_report.native_id,
        sent_report.native_part,
        sent_report._file_id,
        sent_report._line_number
    from sent_report
    left join encounter_number as visit
        on
            sent_report.source_system || '|' || sent_report.org_code || '|outpatient|'
            || sent_report.visit_number
            = visit.encounter_key
    left join encounter_number as stay
        on
            sent_report.source_system = stay.source_system
            and sent_report.org_code = stay.org_code
            and stay.kind = 'inpatient'
            and sent_report.printed_stay_number = stay.printed_stay_number
    left join patient_number
        on
            sent_report.source_system || '|' || sent_report.patient_org_code || '|'
            || sent_report.patient_id
            = patient_number.patient_key
    left join person_link
        on sent_report.record_key = person_link.record_key
    left join institution_code
        on
            sent_report.org_code = institution_code.source_code
            and sent_report.code_system = institution_code.code_system
    left join institution_code as recognised
        on
            sent_report.recognised_org_code = recognised.source_code
            and sent_report.code_system = recognised.code_system

)

select * from lab_report
