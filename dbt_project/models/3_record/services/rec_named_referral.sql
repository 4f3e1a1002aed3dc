-- One row per referral number and person for whom a doctor typed it at a visit: the first.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

county_hospital_visit as (

    select * from {{ ref('stg_a__ys_mz_jzls') }}

),

tcm_hospital_visit as (

    select * from {{ ref('stg_b__tb_yl_mz_medical_record') }}

),

township_visit as (

    select * from {{ ref('stg_c__ys_mz_jzls') }}

),

typed as (

    select
        record_key,
        referral_number
    from county_hospital_visit
    where referral_number is not null

    union all

    select
        record_key,
        referral_number
    from tcm_hospital_visit
    where referral_number is not null

    union all

    select
        record_key,
        referral_number
    from township_visit
    where referral_number is not null

),

ranked as (

    select
        typed.referral_number,
        encounter.person_id,
        encounter.encounter_id,
        row_number() over (
            partition by typed.referral_number, encounter.person_id
            order by encounter.started_at asc, encounter.encounter_id asc
        ) as place
    from typed
    inner join encounter
        on typed.record_key = encounter.encounter_id
    where
        encounter.person_id is not null
        and encounter.set_aside_because is null

),

named_referral as (

    select
        referral_number,
        person_id,
        encounter_id
    from ranked
    where place = 1

)

select * from named_referral
