select
    encounter.*,
    numbers.encounter_number
from record.encounter
left join (
    select
        encounter_id,
        person_id,
        min(encounter_number) as encounter_number
    from record.encounter_number
    group by encounter_id, person_id
) as numbers
    on
        encounter.encounter_id = numbers.encounter_id
        and encounter.person_id = numbers.person_id
