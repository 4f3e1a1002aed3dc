-- One row per diagnosis, of whatever source, that may speak for a condition.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

infectious_report as (

    select * from {{ ref('rec_infectious_report') }}

),

diagnosis as (

    select * from {{ ref('rec_diagnosis') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

settlement_evidence as (

    select * from {{ ref('settlement_evidence') }}

),

death as (

    select * from {{ ref('rec_death') }}

),

statement as (

    select
        event_id,
        event_id as statement_key,
        person_id,
        'infectious_report' as evidence_kind,
        'icd' as code_form,
        disease_code as code,
        null::text as words,
        null::numeric as value,
        true as is_certain,
        diagnosed_at::date as first_on,
        diagnosed_at::date as last_on,
        null::date as until_on,
        null::date as ended_on,
        source_system,
        source_table,
        _file_id,
        _line_number
    from infectious_report

    union all

    -- Codes of Chinese medicine look like those of ICD-10 and mean other things.
    select
        diagnosis.event_id,
        diagnosis.event_id as statement_key,
        diagnosis.person_id,
        encounter.kind || '_diagnosis' as evidence_kind,
        case when diagnosis.diagnosis_code is null then 'wording' else 'icd' end
            as code_form,
        diagnosis.diagnosis_code as code,
        diagnosis.diagnosis_name as words,
        null as value,
        true as is_certain,
        encounter.started_on as first_on,
        encounter.started_on as last_on,
        null as until_on,
        null as ended_on,
        diagnosis.source_system,
        diagnosis.source_table,
        diagnosis._file_id,
        diagnosis._line_number
    from diagnosis
    inner join encounter
        on diagnosis.encounter_id = encounter.encounter_id
    where
        diagnosis.diagnosis_kind_code = '1'
        and encounter.set_aside_because is null
        -- What was given back or cancelled did not take place.
        and not encounter.is_fully_refunded
        and not encounter.is_cancelled

    union all

    select
        settlement.event_id,
        settlement.event_id as statement_key,
        settlement.person_id,
        settlement_evidence.evidence_kind,
        'icd' as code_form,
        settlement.diagnosis_code as code,
        null as words,
        null as value,
        true as is_certain,
        settlement.started_on as first_on,
        settlement.started_on as last_on,
        null as until_on,
        null as ended_on,
        settlement.source_system,
        settlement.source_table,
        settlement._file_id,
        settlement._line_number
    from settlement
    inner join settlement_evidence
        on settlement.medical_category_code = settlement_evidence.medical_category_code
    where settlement.is_counted

    union all

    select
        event_id,
        event_id as statement_key,
        person_id,
        'death_cause' as evidence_kind,
        'icd' as code_form,
        root_cause_code as code,
        null as words,
        null as value,
        true as is_certain,
        dead_on as first_on,
        dead_on as last_on,
        null as until_on,
        null as ended_on,
        source_system,
        source_table,
        _file_id,
        _line_number
    from death

)

select * from statement
