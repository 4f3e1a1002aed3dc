with

results as (

    select
        report_id,
        person_id,
        array_agg(event_id order by event_id) as result_ids
    from record.lab_result
    group by report_id, person_id

)

select
    lab_report.event_id,
    lab_report.person_id,
    lab_report.institution_code,
    lab_report.panel_code,
    lab_report.report_status_code,
    lab_report.requested_at,
    lab_report.reported_at,
    lab_report.reported_on,
    lab_report._file_id,
    lab_report._line_number,
    visit.encounter_id as own_encounter_id,
    results.result_ids
from record.lab_report
left join record.encounter as visit
    on
        lab_report.encounter_id = visit.encounter_id
        and lab_report.person_id = visit.person_id
left join results
    on
        lab_report.event_id = results.report_id
        and lab_report.person_id = results.person_id
