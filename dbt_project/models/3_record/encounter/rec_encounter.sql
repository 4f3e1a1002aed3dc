-- One row per out-patient encounter or hospital stay as sent, and whether it counts.
with

outpatient_visit as (

    select * from {{ ref('rec_outpatient_visit') }}

),

inpatient_stay as (

    select * from {{ ref('rec_inpatient_stay') }}

),

sent_diagnosis as (

    select * from {{ ref('rec_sent_diagnosis') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

last_data_day as (

    select max(last_data_on) as last_data_on
    from reporting_year

),

every_encounter as (

    select
        record_key,
        'outpatient' as kind,
        encounter_class,
        visit_number,
        person_id,
        code_system,
        department_code,
        visit_type_code,
        referral_number,
        started_at,
        ended_at,
        null::int as length_of_stay_days,
        is_health_check,
        is_fully_refunded,
        false as is_cancelled,
        net_fee_fen,
        main_diagnosis_code,
        main_diagnosis_name,
        set_aside_because,
        is_patient_set_aside,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from outpatient_visit

    union all

    select
        record_key,
        'inpatient' as kind,
        'inpatient' as encounter_class,
        stay_number as visit_number,
        person_id,
        code_system,
        department_code,
        null as visit_type_code,
        null as referral_number,
        admitted_at as started_at,
        discharged_at as ended_at,
        -- Whoever leaves on the day of admission stayed for one day.
        greatest(discharged_at::date - admitted_at::date, 1) as length_of_stay_days,
        false as is_health_check,
        false as is_fully_refunded,
        is_cancelled,
        net_fee_fen,
        main_diagnosis_code,
        main_diagnosis_name,
        set_aside_because,
        is_patient_set_aside,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from inpatient_stay

),

ranked_main_diagnosis as (

    select
        source_system,
        org_code,
        kind,
        visit_number,
        diagnosis_code,
        row_number() over (
            partition by source_system, org_code, kind, visit_number
            order by diagnosis_rank asc, diagnosis_kind_code asc, record_key asc
        ) as place
    from sent_diagnosis
    where
        is_main
        and diagnosis_code is not null

),

judged_encounter as (

    select
        every_encounter.*,
        institution_code.institution_code,
        every_encounter.started_at::date as started_on,
        coalesce(every_encounter.main_diagnosis_code, ranked_main_diagnosis.diagnosis_code)
            as known_main_diagnosis_code,
        case
            when every_encounter.set_aside_because is not null
                then every_encounter.set_aside_because
            when every_encounter.started_at is null then 'no_usable_date'
            when every_encounter.started_at::date > last_data_day.last_data_on
                then 'later_than_the_delivery'
            when every_encounter.is_patient_set_aside then 'patient_set_aside'
        end as aside_because
    from every_encounter
    cross join last_data_day
    left join institution_code
        on
            every_encounter.org_code = institution_code.source_code
            and every_encounter.code_system = institution_code.code_system
    left join ranked_main_diagnosis
        on
            every_encounter.source_system = ranked_main_diagnosis.source_system
            and every_encounter.org_code = ranked_main_diagnosis.org_code
            and every_encounter.kind = ranked_main_diagnosis.kind
            and every_encounter.visit_number = ranked_main_diagnosis.visit_number
            and ranked_main_diagnosis.place = 1

),

eligible_visit as (

    select
        record_key,
        row_number() over (
            partition by
                -- Someone unknown cannot be the same person twice.
                coalesce(person_id, record_key),
                coalesce(institution_code, source_system || '|' || org_code),
                coalesce(department_code, ''),
                started_on
            order by started_at asc, record_key asc
        ) as place_in_day
    from judged_encounter
    where
        kind = 'outpatient'
        and aside_because is null
        and not is_health_check
        and not is_fully_refunded

),

reasoned_encounter as (

    select
        judged_encounter.*,
        case
            when judged_encounter.aside_because is not null then 'set_aside'
            when judged_encounter.is_cancelled then 'cancelled'
            when judged_encounter.is_health_check then 'health_check'
            when judged_encounter.is_fully_refunded then 'fully_refunded'
            when eligible_visit.place_in_day > 1 then 'same_day_duplicate'
        end as not_counted_because
    from judged_encounter
    left join eligible_visit
        on judged_encounter.record_key = eligible_visit.record_key

),

encounter as (

    select
        -- keys
        record_key as encounter_id,
        -- who and where
        person_id,
        institution_code,
        department_code,
        -- what
        kind,
        encounter_class,
        visit_type_code,
        referral_number,
        known_main_diagnosis_code as main_diagnosis_code,
        main_diagnosis_name,
        is_health_check,
        is_fully_refunded,
        is_cancelled,
        aside_because as set_aside_because,
        not_counted_because is null as is_counted,
        not_counted_because,
        -- when
        started_at,
        started_on,
        ended_at,
        ended_at::date as ended_on,
        -- measures
        length_of_stay_days,
        net_fee_fen,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from reasoned_encounter

)

select * from encounter
