-- Whom the referral platform names: patients of referrals and of consultations.
{{ config(materialized='ephemeral') }}
with

referral as (

    select * from {{ ref('stg_g__dr_referrals') }}

),

consultation as (

    select * from {{ ref('stg_g__cons_consultationrecord') }}

),

named as (

    select
        {{ named_record(
            'referral',
            said=['person_name', 'id_number', 'sex_code', 'born_on', 'phone', 'health_index_id'],
        ) }}
    from referral

    union all

    select
        {{ named_record('consultation', said=['person_name', 'id_number', 'sex_code']) }}
    from consultation

)

select * from named
