-- One row per fact of a life that rules out another: a hospital stay, a death, a day on
-- which somebody was seen after a death, a blood group from a front page. Whose it is, the
-- system itself says: what hangs on a card or an archive is told of that.
with

person as (

    select * from {{ ref('idn_source_person') }}

),

-- What stewards say belongs to another person than its card's.
event_owner as (

    select * from {{ source('identity', 'event_owner') }}

),

institution as (

    select * from {{ ref('stg_h__institution') }}

),

patient_number as (

    select * from {{ ref('idn_patient_number') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

county_hospital_front_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

tcm_hospital_discharge as (

    select * from {{ ref('stg_b__tb_cis_leavehospital_summary') }}

),

tcm_hospital_front_page as (

    select * from {{ ref('stg_b__hqms') }}

),

township_stay as (

    select * from {{ ref('stg_c__zy_brry') }}

),

county_hospital_visit as (

    select * from {{ ref('stg_a__ys_mz_jzls') }}

),

tcm_hospital_visit as (

    select * from {{ ref('stg_b__tb_yl_mz_medical_record') }}

),

township_visit as (

    select * from {{ ref('stg_c__ys_mz_jzls') }}

),

health_exam as (

    select * from {{ ref('stg_d__hc_healthcheck') }}

),

settlement as (

    select * from {{ ref('stg_f__setl_d') }}

),

death_card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

-- Systems have codes of their own for one hospital; who is not listed cannot be compared.
institution_code as (

    select distinct
        code.code,
        institution.institution_code
    from institution
    cross join
        lateral (
            values
            (institution.institution_code), (institution.code22), (institution.township_id)
        ) as code (code)
    where code.code is not null

),

stay_on_a_card as (

    select
        record_key,
        source_system,
        org_code,
        patient_id,
        admitted_at,
        discharged_at
    from county_hospital_stay
    where not is_cancelled and set_aside_because is null

    union all

    select
        tcm_hospital_stay.record_key,
        tcm_hospital_stay.source_system,
        tcm_hospital_stay.org_code,
        tcm_hospital_stay.patient_id,
        tcm_hospital_stay.admitted_at,
        tcm_hospital_discharge.discharged_at
    from tcm_hospital_stay
    inner join tcm_hospital_discharge
        on
            tcm_hospital_stay.org_code = tcm_hospital_discharge.org_code
            and tcm_hospital_stay.stay_number = tcm_hospital_discharge.stay_number
    where
        not tcm_hospital_stay.is_cancelled
        and not tcm_hospital_discharge.is_cancelled
        and tcm_hospital_stay.set_aside_because is null

    union all

    select
        record_key,
        source_system,
        org_code,
        patient_id,
        admitted_at,
        discharged_at
    from township_stay
    where not is_cancelled and set_aside_because is null

),

-- Front pages know the hour; without it the stay is taken to be as short as it can be.
front_page as (

    select
        record_key,
        org_code,
        admitted_on + least(coalesce(admitted_hour, 24), 24) * interval '1 hour'
            as admitted_at,
        discharged_on + least(coalesce(discharged_hour, 0), 24) * interval '1 hour'
            as discharged_at,
        blood_type_code
    from county_hospital_front_page
    where set_aside_because is null

    union all

    select
        record_key,
        org_code,
        admitted_at,
        discharged_at,
        blood_type_code
    from tcm_hospital_front_page
    where set_aside_because is null

),

stay as (

    select
        coalesce(event_owner.owner_record_key, patient_number.card_record_key)
            as record_key,
        stay_on_a_card.org_code,
        stay_on_a_card.admitted_at,
        stay_on_a_card.discharged_at
    from stay_on_a_card
    inner join patient_number
        on
            stay_on_a_card.source_system = patient_number.source_system
            and stay_on_a_card.org_code = patient_number.org_code
            and stay_on_a_card.patient_id = patient_number.patient_id
    left join event_owner
        on stay_on_a_card.record_key = event_owner.event_record_key

    union all

    select
        record_key,
        org_code,
        admitted_at,
        discharged_at
    from front_page

),

visit_on_a_card as (

    select
        record_key,
        source_system,
        org_code,
        patient_id,
        started_at::date as seen_on
    from county_hospital_visit
    where set_aside_because is null

    union all

    select
        record_key,
        source_system,
        org_code,
        patient_id,
        started_at::date as seen_on
    from tcm_hospital_visit
    where set_aside_because is null

    union all

    -- The centre issued the card, also for a visit to one of its village clinics.
    select
        record_key,
        source_system,
        patient_org_code as org_code,
        patient_id,
        started_at::date as seen_on
    from township_visit
    where set_aside_because is null

),

-- What needs the person itself; a follow-up is written at a desk, also when nobody came.
seen as (

    select
        coalesce(event_owner.owner_record_key, patient_number.card_record_key)
            as record_key,
        visit_on_a_card.seen_on
    from visit_on_a_card
    inner join patient_number
        on
            visit_on_a_card.source_system = patient_number.source_system
            and visit_on_a_card.org_code = patient_number.org_code
            and visit_on_a_card.patient_id = patient_number.patient_id
    left join event_owner
        on visit_on_a_card.record_key = event_owner.event_record_key

    union all

    select
        record_key,
        admitted_at::date as seen_on
    from stay

    union all

    select
        record_key,
        examined_on as seen_on
    from health_exam
    where set_aside_because is null

    union all

    -- Paid later than treated: the treatment's first day counts.
    select
        record_key,
        started_on as seen_on
    from settlement
    where set_aside_because is null

),

told as (

    select
        stay.record_key,
        'stay' as fact,
        institution_code.institution_code as institution,
        stay.admitted_at as from_at,
        stay.discharged_at as until_at,
        null::text as value
    from stay
    inner join institution_code
        on stay.org_code = institution_code.code
    where stay.admitted_at < stay.discharged_at

    union all

    select
        record_key,
        'death' as fact,
        null as institution,
        dead_on::timestamp as from_at,
        dead_on::timestamp as until_at,
        null as value
    from death_card
    where set_aside_because is null and dead_on is not null

    union all

    select
        record_key,
        'blood_group' as fact,
        null as institution,
        null as from_at,
        null as until_at,
        blood_type_code as value
    from front_page
    where blood_type_code in ('1', '2', '3', '4')

),

dead as (

    select
        person_name,
        born_on,
        dead_on
    from death_card
    where set_aside_because is null and dead_on is not null

),

master as (

    select
        person.record_key,
        coalesce(named.record_key, person.record_key) as master_record_key,
        coalesce(named.person_name, person.person_name) as person_name,
        coalesce(named.born_on, person.born_on) as born_on
    from person
    left join person as named
        on person.reference_key = named.record_key

),

-- Only whom a death card could mean, by name or birth date, is asked, and only for the
-- first day so long after it that no clerk was late: that day stays the same, while the
-- last one would make linking look at a card again after every visit.
meant as (

    select
        master.record_key,
        master.master_record_key,
        dead.dead_on
    from master
    inner join dead
        on master.person_name = dead.person_name

    union

    select
        master.record_key,
        master.master_record_key,
        dead.dead_on
    from master
    inner join dead
        on master.born_on = dead.born_on

),

seen_after_death as (

    select
        meant.master_record_key as record_key,
        min(seen.seen_on) as seen_on
    from meant
    inner join seen
        on meant.record_key = seen.record_key
    where seen.seen_on > meant.dead_on + 30
    group by meant.master_record_key, meant.dead_on

),

source_fact as (

    select
        -- keys
        master.master_record_key as record_key,
        told.fact,
        told.institution,
        -- when
        told.from_at,
        told.until_at,
        -- what
        told.value
    from told
    inner join master
        on told.record_key = master.record_key

    union

    select
        record_key,
        'seen' as fact,
        null as institution,
        seen_on::timestamp as from_at,
        seen_on::timestamp as until_at,
        null as value
    from seen_after_death

)

select * from source_fact
