-- One row per event at which blood pressure was taken, whichever of the two values it has.
select
    event_id,
    person_id,
    institution_code,
    measured_on,
    case when event_kind = 'outpatient' then event_id end as own_encounter_id,
    _file_id,
    _line_number,
    max(value) filter (where item = 'systolic_pressure') as systolic,
    max(value) filter (where item = 'diastolic_pressure') as diastolic,
    bool_and(is_plausible) as is_plausible,
    string_agg(distinct implausible_because, ', ') as implausible_because
from record.measurement
where item in ('systolic_pressure', 'diastolic_pressure')
group by
    event_id, event_kind, person_id, institution_code, measured_on, _file_id, _line_number
