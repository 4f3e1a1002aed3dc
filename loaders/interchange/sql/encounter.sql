with

numbers as (

    select
        encounter_id,
        person_id,
        min(encounter_number) as encounter_number
    from record.encounter_number
    group by encounter_id, person_id

)

select
    encounter.encounter_id,
    encounter.person_id,
    encounter.institution_code,
    encounter.kind,
    encounter.encounter_class,
    encounter.main_diagnosis_name,
    encounter.is_fully_refunded,
    encounter.is_cancelled,
    encounter.set_aside_because,
    encounter.started_at,
    encounter.started_on,
    encounter.ended_at,
    encounter.ended_on,
    encounter._file_id,
    encounter._line_number,
    numbers.encounter_number
from record.encounter
left join numbers
    on
        encounter.encounter_id = numbers.encounter_id
        and encounter.person_id = numbers.person_id
