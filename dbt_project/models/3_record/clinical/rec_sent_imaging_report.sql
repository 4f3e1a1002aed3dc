-- One row per imaging or ECG report as the three systems send them.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_report as (

    select * from {{ ref('stg_a__pacs_bgjg') }}

),

tcm_hospital_report as (

    select * from {{ ref('stg_b__tb_ris_report') }}

),

township_report as (

    select * from {{ ref('stg_c__pacs_bgjg') }}

),

every_report as (

    select
        record_key,
        report_number,
        replaced_report_number,
        request_number,
        null::text as visit_number,
        patient_id,
        'credit' as code_system,
        applying_org_code,
        reading_org_code,
        exam_type_code,
        exam_name,
        conclusion,
        report_status_code,
        examined_at,
        reported_at,
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
        replaced_report_number,
        null as request_number,
        null as visit_number,
        patient_id,
        'code22' as code_system,
        applying_org_code,
        org_code as reading_org_code,
        exam_type_code,
        exam_name,
        conclusion,
        report_status_code,
        examined_at,
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
        report_number,
        null as replaced_report_number,
        null as request_number,
        visit_number,
        null as patient_id,
        'township_his' as code_system,
        org_code as applying_org_code,
        org_code as reading_org_code,
        exam_type_code,
        null as exam_name,
        conclusion,
        report_status_code,
        null as examined_at,
        reported_at,
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
