select
    lab_report.*,
    visit.encounter_id as own_encounter_id,
    results.result_ids
from record.lab_report
left join record.encounter as visit
    on
        lab_report.encounter_id = visit.encounter_id
        and lab_report.person_id = visit.person_id
left join (
    select
        report_id,
        person_id,
        array_agg(event_id order by event_id) as result_ids
    from record.lab_result
    group by report_id, person_id
) as results
    on
        lab_report.event_id = results.report_id
        and lab_report.person_id = results.person_id
