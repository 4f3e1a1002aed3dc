-- One row per diagnosis as sent, with the number of the encounter or stay it belongs to.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_diagnosis as (

    select * from {{ ref('stg_a__ms_brzd') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

front_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_diagnosis as (

    select * from {{ ref('stg_b__tb_ih_diagnosis_detail') }}

),

township_diagnosis as (

    select * from {{ ref('stg_c__ms_brzd') }}

),

township_stay as (

    select * from {{ ref('stg_c__zy_brry') }}

),

-- A record number of 0 was never assigned and matches nothing.
numbered_front_page as (

    select *
    from front_page
    where
        medical_record_number <> '0'
        and set_aside_because is null

),

every_diagnosis as (

    select
        record_key,
        'outpatient' as kind,
        visit_number,
        diagnosis_kind_code,
        coalesce(diagnosis_rank = 0, false) as is_main,
        diagnosis_rank,
        diagnosis_code,
        second_diagnosis_code,
        diagnosed_at,
        patient_id,
        diagnosis_name,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_diagnosis
    where set_aside_because is null

    union all

    select
        numbered_front_page.record_key,
        'inpatient' as kind,
        county_hospital_stay.stay_number as visit_number,
        '1' as diagnosis_kind_code,
        true as is_main,
        0 as diagnosis_rank,
        numbered_front_page.main_diagnosis_code as diagnosis_code,
        null as second_diagnosis_code,
        null as diagnosed_at,
        null as patient_id,
        numbered_front_page.main_diagnosis_name as diagnosis_name,
        numbered_front_page.source_system,
        numbered_front_page.source_table,
        numbered_front_page.org_code,
        numbered_front_page.native_id,
        numbered_front_page.native_part,
        numbered_front_page._file_id,
        numbered_front_page._line_number
    from numbered_front_page
    inner join county_hospital_stay
        on
            numbered_front_page.medical_record_number
            = county_hospital_stay.medical_record_number
            and numbered_front_page.stay_ordinal = county_hospital_stay.stay_ordinal

    union all

    select
        record_key,
        case when care_kind_code = '2' then 'inpatient' else 'outpatient' end as kind,
        visit_number,
        diagnosis_kind_code,
        coalesce(diagnosis_rank = 1, false) as is_main,
        diagnosis_rank,
        diagnosis_code,
        second_diagnosis_code,
        null as diagnosed_at,
        null as patient_id,
        diagnosis_name,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_diagnosis
    where set_aside_because is null

    union all

    select
        record_key,
        'outpatient' as kind,
        visit_number,
        '1' as diagnosis_kind_code,
        coalesce(diagnosis_rank = 0, false) as is_main,
        diagnosis_rank,
        diagnosis_code,
        second_diagnosis_code,
        null as diagnosed_at,
        null as patient_id,
        diagnosis_name,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_diagnosis
    where set_aside_because is null

    union all

    select
        record_key,
        'inpatient' as kind,
        stay_number as visit_number,
        '1' as diagnosis_kind_code,
        true as is_main,
        0 as diagnosis_rank,
        main_diagnosis_code as diagnosis_code,
        null as second_diagnosis_code,
        null as diagnosed_at,
        null as patient_id,
        main_diagnosis_name as diagnosis_name,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_stay
    where
        set_aside_because is null
        and main_diagnosis_name is not null

)

select * from every_diagnosis
