select
    programme_record.event_id,
    programme_record.programme,
    programme_record.person_id,
    programme_record.institution_code,
    programme_record.begins_on,
    programme_record.is_closed,
    programme_record.ends_on,
    programme_record._file_id,
    programme_record._line_number,
    programme.name_zh as programme_name
from record.programme_record
left join staging.programme on programme_record.programme = programme.programme
