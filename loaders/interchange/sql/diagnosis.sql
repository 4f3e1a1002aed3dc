select
    diagnosis.event_id,
    diagnosis.person_id,
    diagnosis.certainty,
    diagnosis.diagnosis_code,
    diagnosis.code_system,
    diagnosis.code_system_version,
    diagnosis.diagnosis_name,
    diagnosis.diagnosed_at,
    diagnosis.diagnosed_on,
    diagnosis._file_id,
    diagnosis._line_number,
    visit.encounter_id as own_encounter_id
from record.diagnosis
left join record.encounter as visit
    on
        diagnosis.encounter_id = visit.encounter_id
        and diagnosis.person_id = visit.person_id
