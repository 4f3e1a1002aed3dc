select
    prescription_item.event_id,
    prescription_item.prescription_id,
    prescription_item.person_id,
    prescription_item.institution_code,
    prescription_item.item_code,
    prescription_item.item_name,
    prescription_item.usage_text,
    prescription_item.medication_days,
    prescription_item.is_dispensed,
    prescription_item.is_counted,
    prescription_item.prescribed_at,
    prescription_item.prescribed_on,
    prescription_item.total_quantity,
    prescription_item._file_id,
    prescription_item._line_number,
    visit.encounter_id as own_encounter_id
from record.prescription_item
left join record.encounter as visit
    on
        prescription_item.encounter_id = visit.encounter_id
        and prescription_item.person_id = visit.person_id
