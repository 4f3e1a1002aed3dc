select
    imaging_report.event_id,
    imaging_report.person_id,
    imaging_report.institution_code,
    imaging_report.reading_institution_code,
    imaging_report.exam_type_code,
    imaging_report.exam_name,
    imaging_report.conclusion,
    imaging_report.report_status_code,
    imaging_report.is_revision,
    imaging_report.examined_at,
    imaging_report.examined_on,
    imaging_report.reported_at,
    imaging_report._file_id,
    imaging_report._line_number,
    visit.encounter_id as own_encounter_id
from record.imaging_report
left join record.encounter as visit
    on
        imaging_report.encounter_id = visit.encounter_id
        and imaging_report.person_id = visit.person_id
