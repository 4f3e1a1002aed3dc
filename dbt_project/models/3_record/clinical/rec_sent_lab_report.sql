-- One row per laboratory report or sample as the three systems send them.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_report as (

    select * from {{ ref('stg_a__l_patientinfo') }}

),

tcm_hospital_report as (

    select * from {{ ref('stg_b__tb_lis_report') }}

),

township_report as (

    select * from {{ ref('stg_c__l_patientinfo') }}

),

every_report as (

    select
        record_key,
        sample_number as report_number,
        visit_number,
        printed_stay_number,
        org_code as patient_org_code,
        patient_id,
        'credit' as code_system,
        panel_code,
        is_emergency,
        recognition_code,
        recognised_org_code,
        not_recognised_reason_code,
        report_status_code,
        is_withdrawn,
        requested_at,
        checked_at as reported_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_report
    where set_aside_because is null

    union all

    select
        record_key,
        report_number,
        visit_number,
        null as printed_stay_number,
        org_code as patient_org_code,
        patient_id,
        'code22' as code_system,
        panel_code,
        is_emergency,
        recognition_code,
        recognised_org_code,
        not_recognised_reason_code,
        report_status_code,
        is_withdrawn,
        null as requested_at,
        reported_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_report
    where set_aside_because is null

    union all

    select
        record_key,
        sample_number as report_number,
        visit_number,
        null as printed_stay_number,
        -- The centre issued the card, also for a sample of one of its village clinics.
        patient_org_code,
        patient_id,
        'township_his' as code_system,
        panel_code,
        null as is_emergency,
        null as recognition_code,
        null as recognised_org_code,
        null as not_recognised_reason_code,
        null as report_status_code,
        false as is_withdrawn,
        null as requested_at,
        checked_at as reported_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_report
    where set_aside_because is null

)

select * from every_report
