select
    referral.*,
    visit.encounter_id as own_encounter_id
from record.referral
left join record.encounter as visit
    on
        referral.named_by_encounter_id = visit.encounter_id
        and referral.person_id = visit.person_id
