-- One row per encounter or stay, by the numbers under which other tables name it.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

-- The laboratory prints another number than the stay's own; one that was given twice says
-- nothing.
printed_number as (

    select
        org_code,
        printed_stay_number,
        min(record_key) as record_key
    from county_hospital_stay
    where printed_stay_number is not null
    group by org_code, printed_stay_number
    having count(*) = 1

),

numbered_encounter as (

    select
        encounter.encounter_id,
        encounter.person_id,
        encounter.institution_code,
        encounter.kind,
        btrim(encounter.native_id) as encounter_number,
        printed_number.printed_stay_number,
        encounter.started_at,
        encounter.ended_at,
        encounter.source_system,
        encounter.org_code
    from encounter
    left join printed_number
        on encounter.encounter_id = printed_number.record_key

)

select * from numbered_encounter
