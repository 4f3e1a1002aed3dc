-- One row per front page as the two hospitals send them, with the person it was linked to.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
-- sqlfluff:indentation:template_blocks_indent:false
{%- set shared = [
    'record_key', 'medical_record_number', 'stay_ordinal', 'payment_method_code',
    'admission_way_code', 'admission_department_code', 'department_code',
    'discharge_way_code', 'receiving_institution_name', 'admission_condition_code',
    'main_diagnosis_code', 'main_diagnosis_name', 'other_diagnosis_code_1',
    'other_diagnosis_name_1', 'other_diagnosis_code_2', 'other_diagnosis_name_2',
    'other_diagnosis_code_3', 'other_diagnosis_name_3', 'other_diagnosis_code_4',
    'other_diagnosis_name_4', 'operation_code_1', 'operation_level_1', 'operation_name_1',
    'operated_on_1', 'operation_code_2', 'operation_level_2', 'operation_name_2',
    'operated_on_2', 'operation_code_3', 'operation_level_3', 'operation_name_3',
    'operated_on_3', 'blood_type_code', 'rh_code', 'uploaded_at', 'length_of_stay_days',
    'total_fee_fen', 'self_paid_fee_fen', 'general_service_fee_fen', 'diagnostic_fee_fen',
    'treatment_fee_fen', 'western_medicine_fee_fen', 'proprietary_medicine_fee_fen',
    'herb_fee_fen', 'consumables_fee_fen', 'other_fee_fen', 'source_system',
    'source_table', 'org_code', 'native_id', 'native_part', '_file_id', '_line_number',
] %}
with

county_hospital_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_page as (

    select * from {{ ref('stg_b__hqms') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

every_page as (

    select
        {%- for column in shared %}
        {{ column }},
        {%- endfor %}
        admitted_on + coalesce(admitted_hour, 0) * interval '1 hour' as admitted_at,
        discharged_on + coalesce(discharged_hour, 0) * interval '1 hour' as discharged_at
    from county_hospital_page
    where set_aside_because is null

    union all

    select
        {%- for column in shared %}
        {{ column }},
        {%- endfor %}
        admitted_at,
        discharged_at
    from tcm_hospital_page
    where set_aside_because is null

),

linked_page as (

    select
        every_page.*,
        person_link.person_id
    from every_page
    left join person_link
        on every_page.record_key = person_link.record_key

)

select * from linked_page
