select
    operation.event_id,
    operation.person_id,
    operation.institution_code,
    operation.operation_code,
    operation.operation_name,
    operation.operated_at,
    operation.operated_on,
    operation._file_id,
    operation._line_number,
    visit.encounter_id as own_encounter_id
from record.operation
left join record.encounter as visit
    on
        operation.encounter_id = visit.encounter_id
        and operation.person_id = visit.person_id
