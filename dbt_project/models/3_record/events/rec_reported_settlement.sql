-- One row per settlement, in the words that all reports share; the settlements of one
-- treatment are one unit: interim ones, reversals, and what was settled again.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

settlement as (

    select * from {{ ref('rec_settlement') }}

),

united as (

    select
        *,
        first_value(event_id) over (
            each_treatment
            order by
                (reversed_settlement_id is not null) asc,
                settled_at asc nulls last,
                settlement_id asc
        ) as unit_id,
        bool_or(is_inpatient) over each_treatment as is_stay,
        bool_or(is_pharmacy) over each_treatment as is_of_pharmacy
    from settlement
    -- Somebody unknown may not be the person of another line.
    window
        each_treatment as (
            partition by coalesce(person_id, ''), coalesce(treatment_id, event_id)
        )

),

reported_settlement as (

    select
        event_id,
        unit_id,
        'settlement' as event_kind,
        case
            when is_of_pharmacy then 'pharmacy_settlement'
            when is_stay then 'inpatient_settlement'
            else 'outpatient_settlement'
        end as report_kind,
        person_id,
        institution_code,
        null::text as number_key,
        treatment_id as match_key,
        null::text as way_code,
        settled_at as begins_at,
        started_on as begins_on,
        ended_on as ends_on,
        -- What was taken back adds nothing, nor does the line that takes it back.
        case when is_surviving then total_fee_fen else 0 end as fee_fen,
        diagnosis_code,
        coalesce(not_counted_because <> 'set_aside', true) as may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from united

)

select * from reported_settlement
