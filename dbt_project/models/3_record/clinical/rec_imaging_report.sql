-- One row per imaging or ECG report: who asked, who read, and whether it adds a reading.
with

sent_report as (

    select * from {{ ref('rec_sent_imaging_report') }}

),

report_status as (

    select
        source_code,
        standard_code
    from {{ ref('code_mapping') }}
    where code_list = 'report status'

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

requested_patient as (

    select * from {{ ref('rec_requested_patient') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

known_report as (

    select
        sent_report.*,
        requesting.institution_code,
        reading.institution_code as reading_institution_code,
        encounter_number.encounter_id,
        encounter_number.person_id as visit_person_id,
        coalesce(
            report_status.standard_code, sent_report.report_status_code, ''
        ) as status_code
    from sent_report
    left join report_status
        on sent_report.report_status_code = report_status.source_code
    left join institution_code as requesting
        on
            sent_report.applying_org_code = requesting.source_code
            and sent_report.code_system = requesting.code_system
    left join institution_code as reading
        on
            sent_report.reading_org_code = reading.source_code
            and sent_report.code_system = reading.code_system
    left join encounter_number
        on
            sent_report.source_system || '|' || sent_report.org_code || '|outpatient|'
            || sent_report.visit_number
            = encounter_number.encounter_key

),

-- A revision is a reading of its own where the report that it revises does not stand.
standing_original as (

    select
        source_system,
        org_code,
        report_number,
        applying_org_code,
        patient_id
    from known_report
    where status_code = '2'

),

imaging_report as (

    select
        -- keys
        known_report.record_key as event_id,
        known_report.report_number,
        known_report.replaced_report_number,
        known_report.request_number,
        known_report.encounter_id,
        -- who and where: the number on a request means whom it means where it was asked
        coalesce(
            known_report.visit_person_id,
            requested_patient.person_id,
            person_link.person_id
        ) as person_id,
        known_report.institution_code,
        known_report.reading_institution_code,
        -- what
        known_report.exam_type_code,
        known_report.exam_name,
        known_report.conclusion,
        known_report.report_status_code,
        coalesce(known_report.applying_org_code <> known_report.reading_org_code, false)
            as is_remote,
        known_report.replaced_report_number is not null as is_revision,
        known_report.status_code = '2'
        and standing_original.report_number is null as is_counted,
        case
            when known_report.status_code = '9' then 'void'
            when known_report.status_code <> '2' then 'not_final'
            when standing_original.report_number is not null then 'revision'
        end as not_counted_because,
        -- when
        known_report.examined_at,
        coalesce(known_report.examined_at, known_report.reported_at)::date as examined_on,
        known_report.reported_at,
        -- where it comes from
        known_report.source_system,
        known_report.source_table,
        known_report.org_code,
        known_report.native_id,
        known_report.native_part,
        known_report._file_id,
        known_report._line_number
    from known_report
    left join requested_patient
        on
            known_report.institution_code = requested_patient.institution_code
            and known_report.patient_id = requested_patient.patient_id
    left join person_link
        on known_report.record_key = person_link.record_key
    left join standing_original
        on
            known_report.source_system = standing_original.source_system
            and known_report.org_code = standing_original.org_code
            and known_report.replaced_report_number = standing_original.report_number
            and known_report.applying_org_code = standing_original.applying_org_code
            and known_report.patient_id = standing_original.patient_id

)

select * from imaging_report
