select
    file_id,
    system,
    file_name,
    member_name,
    recorded_at,
    to_char(delivery_date, 'YYYYMMDD') as delivery
from audit.file_ledger
