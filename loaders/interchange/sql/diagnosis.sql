select
    diagnosis.*,
    visit.encounter_id as own_encounter_id
from record.diagnosis
left join record.encounter as visit
    on
        diagnosis.encounter_id = visit.encounter_id
        and diagnosis.person_id = visit.person_id
