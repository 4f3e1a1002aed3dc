select
    operation.*,
    visit.encounter_id as own_encounter_id
from record.operation
left join record.encounter as visit
    on
        operation.encounter_id = visit.encounter_id
        and operation.person_id = visit.person_id
