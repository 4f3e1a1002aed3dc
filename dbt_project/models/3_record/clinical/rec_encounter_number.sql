-- One row per encounter or stay, by the numbers under which other tables name it.
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

known_number as (

    select
        -- keys
        encounter.encounter_id,
        -- One column to join on: the database cannot tell how rare four together are.
        encounter.source_system || '|' || encounter.org_code || '|' || encounter.kind
        || '|' || btrim(encounter.native_id) as encounter_key,
        encounter.source_system,
        encounter.org_code,
        encounter.kind,
        btrim(encounter.native_id) as encounter_number,
        printed_number.printed_stay_number,
        -- who and where
        encounter.person_id,
        encounter.institution_code,
        -- when
        encounter.started_at,
        encounter.ended_at
    from encounter
    left join printed_number
        on encounter.encounter_id = printed_number.record_key

)

select * from known_number
