-- One row per out-patient prescription of the system that sends prescriptions as a whole.
with

sent as (

    select * from {{ ref('stg_a__ms_cf01') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

patient_number as (

    select * from {{ ref('rec_patient_number') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

prescription as (

    select
        -- keys
        sent.record_key as event_id,
        sent.prescription_number,
        encounter_number.encounter_id,
        -- who and where
        coalesce(encounter_number.person_id, patient_number.person_id) as person_id,
        institution_code.institution_code,
        sent.department_code,
        sent.doctor_code,
        -- what
        sent.prescription_type_code,
        sent.invoice_number,
        sent.dose_count,
        sent.is_dispensed,
        sent.has_returned_drugs,
        sent.is_void is not true as is_counted,
        case when sent.is_void then 'void' end as not_counted_because,
        -- when
        sent.prescribed_at,
        sent.prescribed_at::date as prescribed_on,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join encounter_number
        on
            sent.source_system || '|' || sent.org_code || '|outpatient|'
            || sent.visit_number
            = encounter_number.encounter_key
    left join patient_number
        on
            sent.source_system || '|' || sent.org_code || '|'
            || sent.patient_id
            = patient_number.patient_key
    left join institution_code
        on
            sent.org_code = institution_code.source_code
            and institution_code.code_system = 'credit'
    where sent.set_aside_because is null

)

select * from prescription
