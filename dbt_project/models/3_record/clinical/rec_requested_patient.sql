-- One row per patient number that an institution may write on a request, with its person.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

patient_number as (

    select * from {{ ref('rec_patient_number') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

issuing_institution as (

    select
        patient_number.patient_id,
        patient_number.person_id,
        institution_code.institution_code
    from patient_number
    inner join institution_code
        on
            patient_number.org_code = institution_code.source_code
            and institution_code.code_system = case patient_number.source_system
                when 'A' then 'credit'
                when 'B' then 'code22'
                when 'C' then 'township_his'
            end

),

-- A village clinic has no cards of its own and writes the number of its centre.
every_number as (

    select
        institution_code,
        patient_id,
        person_id
    from issuing_institution

    union all

    select
        institution.institution_code,
        issuing_institution.patient_id,
        issuing_institution.person_id
    from institution
    inner join issuing_institution
        on institution.parent_institution_code = issuing_institution.institution_code
    where
        institution.is_primary
        and not institution.is_township_centre

),

requested_patient as (

    select
        institution_code,
        patient_id,
        case when min(person_id) = max(person_id) then min(person_id) end as person_id
    from every_number
    group by institution_code, patient_id

)

select * from requested_patient
