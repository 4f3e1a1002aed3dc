-- One row per diagnosis of an out-patient encounter or of a hospital stay.
with

sent_diagnosis as (

    select * from {{ ref('rec_sent_diagnosis') }}

),

outpatient_visit as (

    select * from {{ ref('rec_outpatient_visit') }}

),

inpatient_stay as (

    select * from {{ ref('rec_inpatient_stay') }}

),

numbered_encounter as (

    select
        record_key,
        'outpatient' as kind,
        visit_number,
        person_id,
        source_system,
        org_code
    from outpatient_visit

    union all

    select
        record_key,
        'inpatient' as kind,
        stay_number as visit_number,
        person_id,
        source_system,
        org_code
    from inpatient_stay

),

diagnosis as (

    select
        -- keys
        sent_diagnosis.record_key as event_id,
        numbered_encounter.record_key as encounter_id,
        -- who
        numbered_encounter.person_id,
        -- what
        sent_diagnosis.diagnosis_kind_code,
        sent_diagnosis.diagnosis_code,
        sent_diagnosis.diagnosis_name,
        sent_diagnosis.diagnosis_rank,
        sent_diagnosis.is_main,
        -- where it comes from
        sent_diagnosis.source_system,
        sent_diagnosis.source_table,
        sent_diagnosis.org_code,
        sent_diagnosis.native_id,
        sent_diagnosis.native_part,
        sent_diagnosis._file_id,
        sent_diagnosis._line_number
    from sent_diagnosis
    left join numbered_encounter
        on
            sent_diagnosis.source_system = numbered_encounter.source_system
            and sent_diagnosis.org_code = numbered_encounter.org_code
            and sent_diagnosis.kind = numbered_encounter.kind
            and sent_diagnosis.visit_number = numbered_encounter.visit_number

)

select * from diagnosis
