{{ config(materialized='ephemeral') }}
-- One row per record: the day on which what it says was last true. A card is true when it
-- was changed, a stay when it ended, an insurance from the first day of its year.
with

county_hospital_card as (

    select * from {{ ref('stg_a__ms_brda') }}

),

county_hospital_front_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

tcm_hospital_front_page as (

    select * from {{ ref('stg_b__hqms') }}

),

township_card as (

    select * from {{ ref('stg_c__ms_brda') }}

),

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

death_card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

contract as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

),

stated_day as (

    select
        record_key,
        modified_at::date as stated_on
    from county_hospital_card
    union all
    select
        record_key,
        discharged_on as stated_on
    from county_hospital_front_page
    union all
    select
        record_key,
        modified_at::date as stated_on
    from tcm_hospital_card
    union all
    select
        record_key,
        discharged_at::date as stated_on
    from tcm_hospital_front_page
    union all
    select
        record_key,
        modified_at::date as stated_on
    from township_card
    union all
    select
        record_key,
        modified_on as stated_on
    from archive
    union all
    select
        record_key,
        reported_on as stated_on
    from death_card
    union all
    select
        record_key,
        signed_at::date as stated_on
    from contract
    union all
    select
        record_key,
        make_date(insured_year, 1, 1) as stated_on
    from insured

)

select * from stated_day
