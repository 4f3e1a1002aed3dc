select
    institution_code,
    insurance_code,
    institution_name,
    short_name,
    class_code,
    level_code,
    parent_institution_code,
    enabled_on,
    disabled_on,
    _file_id,
    _line_number
from record.institution
