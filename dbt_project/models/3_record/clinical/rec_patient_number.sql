-- One row per patient number of a hospital or centre, with the person that it means.
with

patient_card as (

    select * from {{ ref('rec_patient_card') }}

),

-- A number without its card type counts where all cards of that number mean one person.
patient_number as (

    select
        source_system || '|' || org_code || '|' || patient_id as patient_key,
        source_system,
        org_code,
        patient_id,
        case when min(person_id) = max(person_id) then min(person_id) end as person_id
    from patient_card
    group by source_system, org_code, patient_id

)

select * from patient_number
