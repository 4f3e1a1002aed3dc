-- Settlements with the insurance that paid: that of the year and kind, if it is known.
select
    settlement.*,
    insured.coverage_id
from record.settlement
left join (
    select
        person_id,
        insured_year,
        insurance_type_code,
        min(event_id) as coverage_id
    from record.coverage
    group by person_id, insured_year, insurance_type_code
) as insured
    on
        settlement.person_id = insured.person_id
        and settlement.insurance_type_code = insured.insurance_type_code
        and date_part('year', settlement.settled_on) = insured.insured_year
