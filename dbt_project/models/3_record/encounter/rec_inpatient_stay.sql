-- One row per hospital stay as sent by the three hospital systems.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

tcm_hospital_stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

tcm_hospital_discharge as (

    select * from {{ ref('stg_b__tb_cis_leavehospital_summary') }}

),

township_stay as (

    select * from {{ ref('stg_c__zy_brry') }}

),

patient_card as (

    select * from {{ ref('rec_patient_card') }}

),

charge as (

    select * from {{ ref('rec_inpatient_charge') }}

),

event_person as (

    select * from {{ ref('idn_event_person') }}

),

-- Admissions name the card number without its type; it counts where it means one person.
patient_number as (

    select
        source_system,
        org_code,
        patient_id,
        case when min(person_id) = max(person_id) then min(person_id) end as person_id,
        bool_and(set_aside_because is not null) as is_patient_set_aside
    from patient_card
    group by source_system, org_code, patient_id

),

standing_discharge as (

    select *
    from tcm_hospital_discharge
    where not is_cancelled

),

every_stay as (

    select
        record_key,
        stay_number,
        patient_id,
        'credit' as code_system,
        department_code,
        null::text as main_diagnosis_code,
        null::text as main_diagnosis_name,
        admitted_at,
        discharged_at,
        is_cancelled,
        set_aside_because,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_stay

    union all

    select
        tcm_hospital_stay.record_key,
        tcm_hospital_stay.stay_number,
        tcm_hospital_stay.patient_id,
        'code22' as code_system,
        coalesce(standing_discharge.department_code, tcm_hospital_stay.department_code)
            as department_code,
        standing_discharge.main_diagnosis_code,
        standing_discharge.main_diagnosis_name,
        tcm_hospital_stay.admitted_at,
        standing_discharge.discharged_at,
        tcm_hospital_stay.is_cancelled,
        tcm_hospital_stay.set_aside_because,
        tcm_hospital_stay.source_system,
        tcm_hospital_stay.source_table,
        tcm_hospital_stay.org_code,
        tcm_hospital_stay.native_id,
        tcm_hospital_stay.native_part,
        tcm_hospital_stay._file_id,
        tcm_hospital_stay._line_number
    from tcm_hospital_stay
    left join standing_discharge
        on
            tcm_hospital_stay.org_code = standing_discharge.org_code
            and tcm_hospital_stay.stay_number = standing_discharge.stay_number

    union all

    select
        record_key,
        stay_number,
        patient_id,
        'township_his' as code_system,
        null as department_code,
        main_diagnosis_code,
        main_diagnosis_name,
        admitted_at,
        discharged_at,
        is_cancelled,
        set_aside_because,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_stay

),

described_stay as (

    select
        every_stay.*,
        -- On a borrowed card: whose the stay is, not whose card.
        coalesce(event_person.person_id, patient_number.person_id) as person_id,
        coalesce(patient_number.is_patient_set_aside, false) as is_patient_set_aside,
        charge.net_fee_fen
    from every_stay
    left join patient_number
        on
            every_stay.source_system = patient_number.source_system
            and every_stay.org_code = patient_number.org_code
            and every_stay.patient_id = patient_number.patient_id
    left join charge
        on
            every_stay.source_system = charge.source_system
            and every_stay.org_code = charge.org_code
            and every_stay.stay_number = charge.stay_number
    left join event_person
        on every_stay.record_key = event_person.record_key

)

select * from described_stay
