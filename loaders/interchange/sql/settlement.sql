-- Settlements with the insurance that paid: that of the year and kind, if it is known.
with

insured as (

    select
        person_id,
        insured_year,
        insurance_type_code,
        min(event_id) as coverage_id
    from record.coverage
    group by person_id, insured_year, insurance_type_code

)

select
    settlement.event_id,
    settlement.settlement_id,
    settlement.person_id,
    settlement.institution_code,
    settlement.division_code,
    settlement.is_pharmacy,
    settlement.insurance_type_code,
    settlement.medical_category_code,
    settlement.diagnosis_code,
    settlement.not_counted_because,
    settlement.started_on,
    settlement.ended_on,
    settlement.settled_at,
    settlement.settled_on,
    settlement.total_fee_fen,
    settlement.policy_scope_fee_fen,
    settlement.pooled_fund_fee_fen,
    settlement.major_illness_fee_fen,
    settlement.medical_aid_fee_fen,
    settlement.fund_fen,
    settlement.self_paid_fee_fen,
    settlement._file_id,
    settlement._line_number,
    insured.coverage_id
from record.settlement
left join insured
    on
        settlement.person_id = insured.person_id
        and settlement.insurance_type_code = insured.insurance_type_code
        and date_part('year', settlement.settled_on) = insured.insured_year
