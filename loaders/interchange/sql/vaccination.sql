select
    event_id,
    vaccine_code,
    dose_number,
    person_id,
    institution_code,
    vaccinated_on,
    entered_on,
    batch_number,
    place_in_dose,
    _file_id,
    _line_number
from record.vaccination
