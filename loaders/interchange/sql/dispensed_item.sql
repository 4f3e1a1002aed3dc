-- Lines of which a feed says that they were handed out.
select
    prescription_item.*,
    visit.encounter_id as own_encounter_id
from record.prescription_item
left join record.encounter as visit
    on
        prescription_item.encounter_id = visit.encounter_id
        and prescription_item.person_id = visit.person_id
where prescription_item.is_dispensed
