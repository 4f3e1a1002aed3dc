select
    imaging_report.*,
    visit.encounter_id as own_encounter_id
from record.imaging_report
left join record.encounter as visit
    on
        imaging_report.encounter_id = visit.encounter_id
        and imaging_report.person_id = visit.person_id
