-- One row per institution that gives patients numbers, or whose centre does it: under which
-- system and code the numbers stand. Reports name the patient by the number of the applying
-- institution (handbook, chapter 4).
{{ config(materialized='ephemeral') }}
with

institution as (

    select * from {{ ref('stg_h__institution') }}

),

office as (

    select * from {{ ref('stg_c__sys_office_jg') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

tcm_hospital_card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

tcm_hospital as (

    select distinct org_code from tcm_hospital_card

),

patient_desk as (

    select
        institution.institution_code,
        institution.code22,
        system_institution.source_system,
        system_institution.institution_code as card_org_code
    from system_institution
    inner join institution
        on system_institution.institution_code = institution.institution_code
    where system_institution.source_system = 'A'

    union all

    select
        institution.institution_code,
        institution.code22,
        'B' as source_system,
        tcm_hospital.org_code as card_org_code
    from tcm_hospital
    inner join institution
        on tcm_hospital.org_code = institution.code22

    union all

    -- The numbers of a village clinic are those of its centre.
    select
        institution.institution_code,
        institution.code22,
        'C' as source_system,
        coalesce(centre.org_code, office.org_code) as card_org_code
    from institution
    inner join office
        on institution.township_id = office.org_code
    left join office as centre
        on office.parent_org_code = centre.org_code

)

select * from patient_desk
