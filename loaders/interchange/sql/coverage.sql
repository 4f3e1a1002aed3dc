select * from record.coverage
