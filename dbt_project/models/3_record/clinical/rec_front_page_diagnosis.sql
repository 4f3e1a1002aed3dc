-- One row per diagnosis of a front page; rank 0 is the main one.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

sent_page as (

    select * from {{ ref('rec_sent_front_page') }}

),

front_page as (

    select * from {{ ref('rec_front_page') }}

),

front_page_diagnosis as (

    select
        front_page.event_id as front_page_id,
        front_page.encounter_id,
        front_page.person_id,
        front_page.institution_code,
        diagnosis_on_page.diagnosis_rank,
        diagnosis_on_page.diagnosis_code,
        diagnosis_on_page.diagnosis_name,
        front_page.discharged_at as diagnosed_at,
        front_page.source_system,
        front_page.source_table,
        front_page.org_code,
        front_page.native_id,
        front_page.native_part,
        front_page._file_id,
        front_page._line_number
    from sent_page
    inner join front_page
        on sent_page.record_key = front_page.event_id
    cross join
        lateral (
            values
            (0, sent_page.main_diagnosis_code, sent_page.main_diagnosis_name),
            (1, sent_page.other_diagnosis_code_1, sent_page.other_diagnosis_name_1),
            (2, sent_page.other_diagnosis_code_2, sent_page.other_diagnosis_name_2),
            (3, sent_page.other_diagnosis_code_3, sent_page.other_diagnosis_name_3),
            (4, sent_page.other_diagnosis_code_4, sent_page.other_diagnosis_name_4)
        ) as diagnosis_on_page (diagnosis_rank, diagnosis_code, diagnosis_name)
    where
        num_nonnulls(diagnosis_on_page.diagnosis_code, diagnosis_on_page.diagnosis_name) > 0

)

select * from front_page_diagnosis
