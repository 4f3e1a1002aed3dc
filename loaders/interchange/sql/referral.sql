select
    referral.event_id,
    referral.referral_number,
    referral.person_id,
    referral.institution_code,
    referral.to_institution_code,
    referral.referral_direction_code,
    referral.referral_status_code,
    referral.diagnosis_code,
    referral.diagnosis_name,
    referral.submitted_at,
    referral.has_arrived,
    referral._file_id,
    referral._line_number,
    visit.encounter_id as own_encounter_id
from record.referral
left join record.encounter as visit
    on
        referral.named_by_encounter_id = visit.encounter_id
        and referral.person_id = visit.person_id
