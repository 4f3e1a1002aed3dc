-- One row per diagnosis of an encounter or stay and per document that says it.
with

numbered_diagnosis as (

    select * from {{ ref('rec_numbered_diagnosis') }}

),

front_page_diagnosis as (

    select * from {{ ref('rec_front_page_diagnosis') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

patient_number as (

    select * from {{ ref('rec_patient_number') }}

),

diagnosis_source as (

    select * from {{ ref('diagnosis_source') }}

),

diagnosis_certainty as (

    select * from {{ ref('diagnosis_certainty') }}

),

every_diagnosis as (

    select
        numbered_diagnosis.event_id,
        numbered_diagnosis.record_key as source_key,
        encounter_number.encounter_id,
        coalesce(encounter_number.person_id, patient_number.person_id) as person_id,
        encounter_number.institution_code,
        numbered_diagnosis.kind,
        numbered_diagnosis.diagnosis_kind_code,
        numbered_diagnosis.is_main,
        numbered_diagnosis.diagnosis_rank,
        numbered_diagnosis.diagnosis_code,
        numbered_diagnosis.diagnosis_name,
        coalesce(
            numbered_diagnosis.diagnosed_at,
            case
                when numbered_diagnosis.kind = 'inpatient' then encounter_number.ended_at
            end,
            encounter_number.started_at
        ) as diagnosed_at,
        numbered_diagnosis.source_system,
        numbered_diagnosis.source_table,
        numbered_diagnosis.org_code,
        numbered_diagnosis.native_id,
        numbered_diagnosis.native_part,
        numbered_diagnosis._file_id,
        numbered_diagnosis._line_number
    from numbered_diagnosis
    left join encounter_number
        on
            numbered_diagnosis.source_system || '|' || numbered_diagnosis.org_code || '|'
            || numbered_diagnosis.kind || '|' || numbered_diagnosis.visit_number
            = encounter_number.encounter_key
    left join patient_number
        on
            numbered_diagnosis.source_system || '|' || numbered_diagnosis.org_code || '|'
            || numbered_diagnosis.patient_id
            = patient_number.patient_key

    union all

    select
        front_page_id || '|diagnosis ' || diagnosis_rank as event_id,
        front_page_id as source_key,
        encounter_id,
        person_id,
        institution_code,
        'inpatient' as kind,
        '1' as diagnosis_kind_code,
        diagnosis_rank = 0 as is_main,
        diagnosis_rank,
        diagnosis_code,
        diagnosis_name,
        diagnosed_at,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from front_page_diagnosis

),

diagnosis as (

    select
        -- keys
        every_diagnosis.event_id,
        every_diagnosis.source_key,
        every_diagnosis.encounter_id,
        -- who and where
        every_diagnosis.person_id,
        every_diagnosis.institution_code,
        -- what
        every_diagnosis.kind,
        document.diagnosis_role,
        document.evidence_tier,
        every_diagnosis.diagnosis_kind_code,
        every_diagnosis.diagnosis_code,
        case
            when every_diagnosis.diagnosis_code is not null
                then diagnosis_source.code_system
        end as code_system,
        case
            when every_diagnosis.diagnosis_code is not null
                then diagnosis_source.code_system_version
        end as code_system_version,
        every_diagnosis.diagnosis_name,
        coalesce(worded.certainty, 'confirmed') as certainty,
        every_diagnosis.diagnosis_rank,
        every_diagnosis.is_main,
        -- when
        every_diagnosis.diagnosed_at,
        every_diagnosis.diagnosed_at::date as diagnosed_on,
        -- where it comes from
        every_diagnosis.source_system,
        every_diagnosis.source_table,
        every_diagnosis.org_code,
        every_diagnosis.native_id,
        every_diagnosis.native_part,
        every_diagnosis._file_id,
        every_diagnosis._line_number
    from every_diagnosis
    left join diagnosis_source
        on
            every_diagnosis.source_system = diagnosis_source.source_system
            and every_diagnosis.source_table = diagnosis_source.source_table
            and every_diagnosis.kind = diagnosis_source.kind
            and every_diagnosis.diagnosis_kind_code = diagnosis_source.diagnosis_kind_code
    -- A kind that no list knows leaves open what the code means, not who says it.
    left join diagnosis_source as document
        on
            every_diagnosis.source_system = document.source_system
            and every_diagnosis.source_table = document.source_table
            and every_diagnosis.kind = document.kind
            and document.diagnosis_kind_code = '1'
    left join
        lateral (
            select diagnosis_certainty.certainty
            from diagnosis_certainty
            where every_diagnosis.diagnosis_name ~ diagnosis_certainty.word_pattern
            order by diagnosis_certainty.rank
            limit 1
        ) as worded
        on true

)

select * from diagnosis
