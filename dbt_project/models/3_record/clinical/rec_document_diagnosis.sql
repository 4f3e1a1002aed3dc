-- One row per diagnosis that stands in a record of a visit, an admission or a discharge.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

tcm_hospital_visit as (

    select * from {{ ref('stg_b__tb_yl_mz_medical_record') }}

),

tcm_hospital_stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

tcm_hospital_discharge as (

    select * from {{ ref('stg_b__tb_cis_leavehospital_summary') }}

),

document_diagnosis as (

    select
        record_key,
        'outpatient' as kind,
        visit_number,
        true as is_main,
        1 as diagnosis_rank,
        main_diagnosis_code as diagnosis_code,
        main_diagnosis_name as diagnosis_name,
        patient_id,
        started_at as diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_visit
    where
        set_aside_because is null
        and num_nonnulls(main_diagnosis_code, main_diagnosis_name) > 0

    union all

    select
        record_key,
        'inpatient' as kind,
        stay_number as visit_number,
        -- What was thought at the door is not what the stay was for.
        false as is_main,
        1 as diagnosis_rank,
        admission_diagnosis_code as diagnosis_code,
        null as diagnosis_name,
        patient_id,
        admitted_at as diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_stay
    where
        set_aside_because is null
        and admission_diagnosis_code is not null

    union all

    select
        record_key,
        'inpatient' as kind,
        stay_number as visit_number,
        true as is_main,
        1 as diagnosis_rank,
        main_diagnosis_code as diagnosis_code,
        main_diagnosis_name as diagnosis_name,
        null as patient_id,
        discharged_at as diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_discharge
    where
        set_aside_because is null
        and not is_cancelled
        and num_nonnulls(main_diagnosis_code, main_diagnosis_name) > 0

)

select * from document_diagnosis
