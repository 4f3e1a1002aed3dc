select * from record.contract
