select
    event_id,
    insured_year,
    person_id,
    insured_division_code,
    insurance_type_code,
    insurance_status_code,
    _file_id,
    _line_number
from record.coverage
