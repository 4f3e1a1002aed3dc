-- Conditions by rule, with those rows of evidence that are resources themselves.
with

proof as (

    select
        condition_evidence.condition_id,
        condition_evidence.person_id,
        jsonb_agg(
            distinct jsonb_build_object(
                'resource',
                case
                    when diagnosis.event_id is not null then 'Condition'
                    when programme_record.event_id is not null then 'EpisodeOfCare'
                    when settlement.event_id is not null then 'ExplanationOfBenefit'
                end,
                'event_id', condition_evidence.event_id
            )
        ) filter (
            where
            coalesce(diagnosis.event_id, programme_record.event_id, settlement.event_id)
            is not null
        ) as evidence
    from record.condition_evidence
    left join record.diagnosis
        on
            condition_evidence.event_id = diagnosis.event_id
            and condition_evidence.person_id = diagnosis.person_id
    left join record.programme_record
        on
            condition_evidence.event_id = programme_record.event_id
            and condition_evidence.person_id = programme_record.person_id
    left join record.settlement
        on
            condition_evidence.event_id = settlement.event_id
            and condition_evidence.person_id = settlement.person_id
    group by condition_evidence.condition_id, condition_evidence.person_id

)

select
    condition.condition_id,
    condition.person_id,
    condition.condition,
    condition.tier,
    condition.status,
    condition.onset_on,
    condition.ended_on,
    condition_rule_name.name_zh as condition_name,
    proof.evidence
from record.condition
left join staging.condition as condition_rule_name
    on condition.condition = condition_rule_name.condition
left join proof
    on
        condition.condition_id = proof.condition_id
        and condition.person_id = proof.person_id
