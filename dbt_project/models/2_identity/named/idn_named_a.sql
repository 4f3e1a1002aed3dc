-- Whom the county hospital names: on cards, front pages, samples and reports, and the
-- newborns that it books on their mothers' stays.
{{ config(materialized='ephemeral') }}
with

card as (

    select * from {{ ref('stg_a__ms_brda') }}

),

stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

charge as (

    select * from {{ ref('stg_a__zy_fymx') }}

),

front_page as (

    select * from {{ ref('stg_a__basy') }}

),

sample as (

    select * from {{ ref('stg_a__l_patientinfo') }}

),

report as (

    select * from {{ ref('stg_a__pacs_bgjg') }}

),

patient_number as (

    select * from {{ ref('idn_patient_number') }}

),

patient_desk as (

    select * from {{ ref('idn_patient_desk') }}

),

-- A stay names the card; its record number and ordinal are those of its front page. Where
-- they are on the stays of several cards they name nobody.
card_of_front_page as (

    select
        stay.medical_record_number,
        stay.stay_ordinal,
        min(card.record_key) as card_record_key
    from stay
    inner join card
        on stay.patient_id = card.patient_id
    where stay.medical_record_number <> '0'
    group by
        stay.medical_record_number,
        stay.stay_ordinal
    having min(card.record_key) = max(card.record_key)

),

-- A report bears the number that the applying institution knows the patient by.
report_patient as (

    select
        report.record_key,
        patient_desk.card_org_code,
        patient_number.card_record_key
    from report
    inner join patient_desk
        on report.applying_org_code = patient_desk.institution_code
    left join patient_number
        on
            patient_desk.source_system = patient_number.source_system
            and patient_desk.card_org_code = patient_number.org_code
            and report.patient_id = patient_number.patient_id

),

-- What was charged for a newborn is another person's than the rest of the stay (YEPB). The
-- stay is the mother's; its begin and the first care of the child bound the day of birth.
newborn_on_stay as (

    select
        stay_number,
        min(charged_at) as first_charged_at,
        min(_first_delivery_on) as _first_delivery_on
    from charge
    where is_newborn and set_aside_because is null
    group by stay_number
    having sum(net_fee_fen) > 0

),

named as (

    select
        {{ named_record(
            'card',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'ethnicity_code', 'phone',
                'address', 'health_index_id', 'insurance_number',
            ],
            read={
                'card_no': 'card.patient_id',
                'card_org_code': 'card.org_code',
                'outpatient_no': 'card.outpatient_number',
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
                'is_newborn_hint': is_newborn_age('front_page.age_text'),
                'died_on': died_in_hospital('front_page', 'front_page.discharged_on'),
                'health_card_no': 'front_page.health_card_number',
                'medical_record_no': "nullif(front_page.medical_record_number, '0')",
                'reference_key': 'card_of_front_page.card_record_key',
            },
        ) }}
    from front_page
    left join card_of_front_page
        on
            front_page.medical_record_number = card_of_front_page.medical_record_number
            and front_page.stay_ordinal = card_of_front_page.stay_ordinal

    union all

    select
        {{ named_record(
            'sample',
            said=['person_name', 'sex_code'],
            read={
                'named_since': 'null::text',
                'is_newborn_hint': is_newborn_age('sample.age_text'),
                'card_no': 'sample.patient_id',
                'card_org_code': 'sample.org_code',
                'reference_key': 'patient_number.card_record_key',
            },
        ) }}
    from sample
    left join patient_number
        on
            sample.source_system = patient_number.source_system
            and sample.org_code = patient_number.org_code
            and sample.patient_id = patient_number.patient_id

    union all

    select
        {{ named_record(
            'report',
            said=['person_name', 'id_number', 'sex_code'],
            read={
                'is_newborn_hint': is_newborn_age('report.age_text'),
                'card_no': 'report.patient_id',
                'card_org_code': 'report_patient.card_org_code',
                'reference_key': 'report_patient.card_record_key',
            },
        ) }}
    from report
    left join report_patient
        on report.record_key = report_patient.record_key

    union all

    select
        {{ named_record(
            'stay',
            read={
                'record_key': "stay.record_key || '|newborn'",
                'native_part': "'newborn'",
                'named_since': 'null::text',
                'is_newborn_hint': 'true',
                'mother_record_key': 'card.record_key',
                'born_from': 'stay.admitted_at::date',
                'born_until': 'newborn_on_stay.first_charged_at::date',
                '_first_delivery_on':
                    'greatest(stay._first_delivery_on, newborn_on_stay._first_delivery_on)',
            },
        ) }}
    from newborn_on_stay
    inner join stay
        on newborn_on_stay.stay_number = stay.stay_number
    left join card
        on stay.patient_id = card.patient_id
    where not stay.is_cancelled

)

select * from named
