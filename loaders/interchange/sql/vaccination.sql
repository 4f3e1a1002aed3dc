select * from record.vaccination
