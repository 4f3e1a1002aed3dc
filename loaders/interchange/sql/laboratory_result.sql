select
    lab_result.event_id,
    lab_result.person_id,
    lab_result.institution_code,
    lab_result.test_item_code,
    lab_result.test_item_name,
    lab_result.result_text,
    lab_result.unit,
    lab_result.result_number,
    lab_result.result_comparator,
    lab_result.finding_code,
    lab_result.abnormal_code,
    lab_result.is_counted,
    lab_result.reported_at,
    lab_result.reported_on,
    lab_result.standard_number,
    lab_result.standard_unit,
    lab_result.reference_low,
    lab_result.reference_high,
    lab_result._file_id,
    lab_result._line_number,
    visit.encounter_id as own_encounter_id
from record.lab_result
left join record.encounter as visit
    on
        lab_result.encounter_id = visit.encounter_id
        and lab_result.person_id = visit.person_id
