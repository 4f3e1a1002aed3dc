-- One row per number under which an institution knows a patient: the card that bears it. A
-- number that stands on several cards names none of them.
{{ config(materialized='ephemeral') }}
with

county_hospital_card as (

    select * from {{ ref('stg_a__ms_brda') }}

),

tcm_hospital_card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

township_card as (

    select * from {{ ref('stg_c__ms_brda') }}

),

every_card as (

    select
        source_system,
        org_code,
        patient_id,
        record_key
    from county_hospital_card

    union all

    select
        source_system,
        org_code,
        patient_id,
        record_key
    from tcm_hospital_card

    union all

    select
        source_system,
        org_code,
        patient_id,
        record_key
    from township_card

),

patient_number as (

    select
        source_system,
        org_code,
        patient_id,
        min(record_key) as card_record_key
    from every_card
    where patient_id is not null
    group by source_system, org_code, patient_id
    having count(*) = 1

)

select * from patient_number
