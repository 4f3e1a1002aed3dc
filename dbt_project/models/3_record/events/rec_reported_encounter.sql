-- One row per visit or stay of the hospital systems, in the words that all reports share.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

reported_encounter as (

    select
        encounter.encounter_id as event_id,
        encounter.encounter_id as unit_id,
        'encounter' as event_kind,
        case when encounter.is_health_check then 'health_check' else encounter.kind end
            as report_kind,
        encounter.person_id,
        encounter.institution_code,
        -- Front pages of the county hospital name the stay by these two; 0 names none.
        case
            when encounter.kind = 'outpatient' then encounter.encounter_id
            when county_hospital_stay.medical_record_number <> '0'
                then concat_ws(
                    '|',
                    encounter.source_system,
                    county_hospital_stay.medical_record_number,
                    county_hospital_stay.stay_ordinal
                )
        end as number_key,
        null::text as match_key,
        case when encounter.kind = 'outpatient' then '1' end as way_code,
        encounter.started_at as begins_at,
        encounter.started_on as begins_on,
        coalesce(encounter.ended_on, encounter.started_on) as ends_on,
        encounter.net_fee_fen as fee_fen,
        encounter.main_diagnosis_code as diagnosis_code,
        encounter.set_aside_because is null
        and not encounter.is_cancelled as may_join,
        encounter.source_system,
        encounter.source_table,
        encounter._file_id,
        encounter._line_number
    from encounter
    left join county_hospital_stay
        on encounter.encounter_id = county_hospital_stay.record_key

)

select * from reported_encounter
