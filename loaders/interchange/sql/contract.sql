select
    event_id,
    contract_id,
    person_id,
    institution_code,
    sign_kind_code,
    signed_at,
    begins_on,
    ends_on,
    stopped_on,
    _file_id,
    _line_number
from record.contract
