-- One row per patient card of a hospital or centre, with the person it was linked to.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
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

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

every_card as (

    select
        source_system,
        org_code,
        patient_id,
        '' as card_type_code,
        record_key,
        set_aside_because
    from county_hospital_card

    union all

    select
        source_system,
        org_code,
        patient_id,
        card_type_code,
        record_key,
        set_aside_because
    from tcm_hospital_card

    union all

    select
        source_system,
        org_code,
        patient_id,
        '' as card_type_code,
        record_key,
        set_aside_because
    from township_card

),

linked_card as (

    select
        every_card.*,
        person_link.person_id
    from every_card
    left join person_link
        on every_card.record_key = person_link.record_key

)

select * from linked_card
