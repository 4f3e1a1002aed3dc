-- One row per diagnosis under the number of its visit or stay; two codes are two rows.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

sent_diagnosis as (

    select * from {{ ref('rec_sent_diagnosis') }}

),

document_diagnosis as (

    select * from {{ ref('rec_document_diagnosis') }}

),

front_page as (

    select * from {{ ref('rec_front_page') }}

),

-- A front page says more than its main diagnosis and is read elsewhere.
listed_diagnosis as (

    select sent_diagnosis.*
    from sent_diagnosis
    left join front_page
        on sent_diagnosis.record_key = front_page.event_id
    where front_page.event_id is null

),

numbered_diagnosis as (

    select
        record_key as event_id,
        record_key,
        kind,
        visit_number,
        patient_id,
        diagnosis_kind_code,
        is_main,
        diagnosis_rank,
        diagnosis_code,
        diagnosis_name,
        diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from listed_diagnosis

    union all

    -- Two codes in one cell are two diagnoses.
    select
        record_key || '|second code' as event_id,
        record_key,
        kind,
        visit_number,
        patient_id,
        diagnosis_kind_code,
        false as is_main,
        diagnosis_rank,
        second_diagnosis_code as diagnosis_code,
        diagnosis_name,
        diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from listed_diagnosis
    where second_diagnosis_code is not null

    union all

    select
        record_key as event_id,
        record_key,
        kind,
        visit_number,
        patient_id,
        '1' as diagnosis_kind_code,
        is_main,
        diagnosis_rank,
        diagnosis_code,
        diagnosis_name,
        diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from document_diagnosis

)

select * from numbered_diagnosis
