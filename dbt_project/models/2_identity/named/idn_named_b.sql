-- Whom the TCM hospital names: on cards, front pages and reports, and the newborns that it
-- books on their mothers' stays.
{{ config(materialized='ephemeral') }}
with

card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

charge as (

    select * from {{ ref('stg_b__tb_his_zy_fee_detail') }}

),

front_page as (

    select * from {{ ref('stg_b__hqms') }}

),

laboratory_report as (

    select * from {{ ref('stg_b__tb_lis_report') }}

),

imaging_report as (

    select * from {{ ref('stg_b__tb_ris_report') }}

),

patient_number as (

    select * from {{ ref('idn_patient_number') }}

),

patient_desk as (

    select * from {{ ref('idn_patient_desk') }}

),

-- A report bears the number that the applying institution knows the patient by.
imaging_patient as (

    select
        imaging_report.record_key,
        patient_desk.card_org_code,
        patient_number.card_record_key
    from imaging_report
    inner join patient_desk
        on imaging_report.applying_org_code = patient_desk.code22
    left join patient_number
        on
            patient_desk.source_system = patient_number.source_system
            and patient_desk.card_org_code = patient_number.org_code
            and imaging_report.patient_id = patient_number.patient_id

),

-- What was charged for a newborn is another person's than the rest of the stay (YEBZ). The
-- stay is the mother's; its begin and the first care of the child bound the day of birth.
newborn_on_stay as (

    select
        org_code,
        stay_number,
        min(charged_at) as first_charged_at,
        min(_first_delivery_on) as _first_delivery_on
    from charge
    where is_newborn and set_aside_because is null
    group by org_code, stay_number
    having sum(net_fee_fen) > 0

),

named as (

    select
        {{ named_record(
            'card',
            said=[
                'person_name', 'id_number', 'id_type_code', 'sex_code', 'born_on',
                'ethnicity_code', 'phone', 'address', 'insurance_number',
            ],
            read={
                'card_no': 'card.patient_id',
                'card_org_code': 'card.org_code',
                'health_card_no': "case when card.card_type_code = '01' then card.patient_id end",
                'social_card_no': "case when card.card_type_code = '98' then card.patient_id end",
            },
        ) }}
    from card

    union all

    select
        {{ named_record(
            'front_page',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'ethnicity_code', 'phone',
                'address',
            ],
            read={
                'died_on': died_in_hospital('front_page', 'front_page.discharged_at::date'),
                'medical_record_no': "nullif(front_page.medical_record_number, '0')",
            },
        ) }}
    from front_page

    union all

    select
        {{ named_record(
            'laboratory_report',
            said=['person_name'],
            read={
                'named_since': 'null::text',
                'card_no': 'laboratory_report.patient_id',
                'card_org_code': 'laboratory_report.org_code',
                'reference_key': 'patient_number.card_record_key',
            },
        ) }}
    from laboratory_report
    left join patient_number
        on
            laboratory_report.source_system = patient_number.source_system
            and laboratory_report.org_code = patient_number.org_code
            and laboratory_report.patient_id = patient_number.patient_id

    union all

    select
        {{ named_record(
            'imaging_report',
            said=['person_name', 'id_number', 'sex_code'],
            read={
                'card_no': 'imaging_report.patient_id',
                'card_org_code': 'imaging_patient.card_org_code',
                'reference_key': 'imaging_patient.card_record_key',
            },
        ) }}
    from imaging_report
    left join imaging_patient
        on imaging_report.record_key = imaging_patient.record_key

    union all

    select
        {{ named_record(
            'stay',
            read={
                'record_key': "stay.record_key || '|newborn'",
                'native_part': "'newborn'",
                'named_since': 'null::text',
                'is_newborn_hint': 'true',
                'mother_record_key': 'patient_number.card_record_key',
                'born_from': 'stay.admitted_at::date',
                'born_until': 'newborn_on_stay.first_charged_at::date',
                '_first_delivery_on':
                    'greatest(stay._first_delivery_on, newborn_on_stay._first_delivery_on)',
            },
        ) }}
    from newborn_on_stay
    inner join stay
        on
            newborn_on_stay.org_code = stay.org_code
            and newborn_on_stay.stay_number = stay.stay_number
    left join patient_number
        on
            stay.source_system = patient_number.source_system
            and stay.org_code = patient_number.org_code
            and stay.patient_id = patient_number.patient_id
    where not stay.is_cancelled

)

select * from named
