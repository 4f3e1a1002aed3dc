-- One row per out-patient encounter as sent by the three hospital systems.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_visit as (

    select * from {{ ref('stg_a__ys_mz_jzls') }}

),

tcm_hospital_visit as (

    select * from {{ ref('stg_b__tb_yl_mz_medical_record') }}

),

township_visit as (

    select * from {{ ref('stg_c__ys_mz_jzls') }}

),

patient_card as (

    select * from {{ ref('rec_patient_card') }}

),

event_person as (

    select * from {{ ref('idn_event_person') }}

),

charge as (

    select * from {{ ref('rec_outpatient_charge') }}

),

encounter_type as (

    select * from {{ ref('encounter_type') }}

),

every_visit as (

    select
        record_key,
        visit_number,
        org_code as patient_org_code,
        patient_id,
        '' as card_type_code,
        'credit' as code_system,
        department_code,
        visit_type_code,
        referral_number,
        null::text as main_diagnosis_code,
        main_diagnosis_text as main_diagnosis_name,
        started_at,
        ended_at,
        set_aside_because,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_visit

    union all

    select
        record_key,
        visit_number,
        org_code as patient_org_code,
        patient_id,
        card_type_code,
        'code22' as code_system,
        department_code,
        visit_type_code,
        referral_number,
        main_diagnosis_code,
        main_diagnosis_name,
        started_at,
        null as ended_at,
        set_aside_because,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_visit

    union all

    select
        record_key,
        visit_number,
        -- The centre issued the card, also for a visit to one of its village clinics.
        patient_org_code,
        patient_id,
        '' as card_type_code,
        'township_his' as code_system,
        department_code,
        visit_type_code,
        referral_number,
        null as main_diagnosis_code,
        main_diagnosis_text as main_diagnosis_name,
        started_at,
        null as ended_at,
        set_aside_because,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_visit

),

described_visit as (

    select
        every_visit.*,
        -- On a borrowed card: whose the visit is, not whose card.
        coalesce(event_person.person_id, patient_card.person_id) as person_id,
        patient_card.set_aside_because is not null as is_patient_set_aside,
        coalesce(encounter_type.is_health_check, false) as is_health_check,
        encounter_type.encounter_class,
        -- No charge that stands, or none at all: it did not take place.
        not coalesce(charge.has_standing_charge, false) as is_fully_refunded,
        charge.net_fee_fen
    from every_visit
    left join patient_card
        on
            every_visit.source_system = patient_card.source_system
            and every_visit.patient_org_code = patient_card.org_code
            and every_visit.patient_id = patient_card.patient_id
            and every_visit.card_type_code = patient_card.card_type_code
    left join event_person
        on every_visit.record_key = event_person.record_key
    left join encounter_type
        on
            every_visit.source_system = encounter_type.source_system
            and every_visit.visit_type_code = encounter_type.visit_type_code
    left join charge
        on
            every_visit.source_system = charge.source_system
            and every_visit.org_code = charge.org_code
            and every_visit.visit_number = charge.visit_number

)

select * from described_visit
