select
    lab_result.*,
    visit.encounter_id as own_encounter_id
from record.lab_result
left join record.encounter as visit
    on
        lab_result.encounter_id = visit.encounter_id
        and lab_result.person_id = visit.person_id
