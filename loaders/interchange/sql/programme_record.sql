select
    programme_record.*,
    programme.name_zh as programme_name
from record.programme_record
left join staging.programme on programme_record.programme = programme.programme
