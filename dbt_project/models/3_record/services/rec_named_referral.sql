-- One row per referral number and person for whom a doctor typed it at a visit: the first.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

ranked as (

    select
        referral_number,
        person_id,
        encounter_id,
        row_number() over (
            partition by referral_number, person_id
            order by started_at asc, encounter_id asc
        ) as place
    from encounter
    where
        referral_number is not null
        and person_id is not null
        and set_aside_because is null

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
