-- One row per front page of a hospital stay, with the stay that it describes.
with

sent_page as (

    select * from {{ ref('rec_sent_front_page') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

front_page_rule as (

    select * from {{ ref('front_page_rule') }}

),

stay_by_number as (

    select
        county_hospital_stay.medical_record_number,
        county_hospital_stay.stay_ordinal,
        encounter_number.encounter_id,
        encounter_number.person_id,
        encounter_number.institution_code,
        encounter_number.ended_at
    from county_hospital_stay
    inner join encounter_number
        on county_hospital_stay.record_key = encounter_number.encounter_id

),

-- A record number of 0 was never assigned and matches nothing; one that was given again
-- belongs to the stay that ended on the day that the page says.
found_by_number as (

    select distinct on (sent_page.record_key)
        sent_page.record_key,
        stay_by_number.encounter_id,
        stay_by_number.person_id
    from sent_page
    inner join stay_by_number
        on
            sent_page.medical_record_number = stay_by_number.medical_record_number
            and sent_page.stay_ordinal = stay_by_number.stay_ordinal
            and sent_page.org_code = stay_by_number.institution_code
    where sent_page.medical_record_number <> '0'
    order by
        sent_page.record_key asc,
        (stay_by_number.ended_at::date = sent_page.discharged_at::date) desc nulls last,
        stay_by_number.encounter_id asc

),

-- Else the same person's stay of the same hours; a page says the hour only, and the tables
-- of one hospital differ by seconds.
found_by_times as (

    select
        sent_page.record_key,
        min(encounter_number.encounter_id) as encounter_id
    from sent_page
    inner join front_page_rule
        on
            sent_page.discharged_at::date >= front_page_rule.valid_from
            and sent_page.discharged_at::date
            < coalesce(front_page_rule.valid_to, 'infinity')
    inner join encounter_number
        on
            sent_page.person_id = encounter_number.person_id
            and sent_page.org_code = encounter_number.institution_code
            and encounter_number.kind = 'inpatient'
            and encounter_number.started_at
            >= sent_page.admitted_at
            - front_page_rule.tolerance_seconds * interval '1 second'
            and encounter_number.started_at
            < sent_page.admitted_at + interval '1 hour'
            + front_page_rule.tolerance_seconds * interval '1 second'
            and encounter_number.ended_at
            >= sent_page.discharged_at
            - front_page_rule.tolerance_seconds * interval '1 second'
            and encounter_number.ended_at
            < sent_page.discharged_at + interval '1 hour'
            + front_page_rule.tolerance_seconds * interval '1 second'
    group by sent_page.record_key
    having count(*) = 1

),

written_name as (

    select
        institution.institution_code,
        name_of.institution_name
    from institution
    cross join
        lateral (
            values
            (institution.institution_name),
            (institution.short_name),
            (institution.former_name)
        ) as name_of (institution_name)
    where name_of.institution_name is not null

),

named_institution as (

    select
        institution_name,
        min(institution_code) as institution_code
    from written_name
    group by institution_name
    having count(distinct institution_code) = 1

),

front_page as (

    select
        -- keys
        sent_page.record_key as event_id,
        sent_page.medical_record_number,
        sent_page.stay_ordinal,
        coalesce(found_by_number.encounter_id, found_by_times.encounter_id)
            as encounter_id,
        case
            when found_by_number.encounter_id is not null then 'record_number'
            when found_by_times.encounter_id is not null then 'person_and_times'
        end as linked_by,
        -- who and where
        coalesce(found_by_number.person_id, sent_page.person_id) as person_id,
        coalesce(found_by_number.person_id <> sent_page.person_id, false)
            as names_another_person,
        institution.institution_code,
        sent_page.admission_department_code,
        sent_page.department_code,
        -- what
        sent_page.payment_method_code,
        sent_page.admission_way_code,
        sent_page.discharge_way_code,
        named_institution.institution_code as receiving_institution_code,
        sent_page.main_diagnosis_code,
        sent_page.admission_condition_code,
        sent_page.blood_type_code,
        sent_page.rh_code,
        -- when
        sent_page.admitted_at,
        sent_page.admitted_at::date as admitted_on,
        sent_page.discharged_at,
        sent_page.discharged_at::date as discharged_on,
        sent_page.uploaded_at,
        -- measures
        sent_page.length_of_stay_days,
        sent_page.total_fee_fen,
        sent_page.self_paid_fee_fen,
        sent_page.general_service_fee_fen,
        sent_page.diagnostic_fee_fen,
        sent_page.treatment_fee_fen,
        sent_page.western_medicine_fee_fen,
        sent_page.proprietary_medicine_fee_fen,
        sent_page.herb_fee_fen,
        sent_page.consumables_fee_fen,
        sent_page.other_fee_fen,
        -- where it comes from
        sent_page.source_system,
        sent_page.source_table,
        sent_page.org_code,
        sent_page.native_id,
        sent_page.native_part,
        sent_page._file_id,
        sent_page._line_number
    from sent_page
    left join found_by_number
        on sent_page.record_key = found_by_number.record_key
    left join found_by_times
        on sent_page.record_key = found_by_times.record_key
    left join institution
        on sent_page.org_code = institution.institution_code
    left join named_institution
        on sent_page.receiving_institution_name = named_institution.institution_name

)

select * from front_page
