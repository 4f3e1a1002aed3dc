-- One row per person under hypertension management in a reporting year who is not excluded
-- and was managed long enough for one follow-up; numerator 1 when the follow-ups that are
-- due and an exam took place.
with

management as (

    select * from {{ ref('rec_hypertension_management') }}

),

follow_up as (

    select * from {{ ref('rec_hypertension_follow_up') }}

),

exam as (

    select * from {{ ref('rec_health_exam') }}

),

denominator as (

    select *
    from management
    where
        excluded_because is null
        and managed_days >= days_per_follow_up

),

good_follow_up_count as (

    select
        denominator.period,
        denominator.person_id,
        count(*) as follow_ups_done
    from denominator
    inner join follow_up
        on
            denominator.person_id = follow_up.person_id
            and follow_up.followed_up_on between denominator.year_begins_on
            and denominator.year_ends_on
    where
        follow_up.is_face_to_face
        and follow_up.is_found
        and follow_up.is_plausible
    group by denominator.period, denominator.person_id

),

examined_person as (

    select
        denominator.period,
        denominator.person_id
    from denominator
    inner join exam
        on
            denominator.person_id = exam.person_id
            and exam.examined_on between denominator.year_begins_on
            and denominator.year_ends_on
    group by denominator.period, denominator.person_id

),

numerator as (

    select
        denominator.period,
        denominator.person_id
    from denominator
    inner join good_follow_up_count
        on
            denominator.period = good_follow_up_count.period
            and denominator.person_id = good_follow_up_count.person_id
    inner join examined_person
        on
            denominator.period = examined_person.period
            and denominator.person_id = examined_person.person_id
    where good_follow_up_count.follow_ups_done >= denominator.follow_ups_due

),

cases as (

    select
        -- what
        'htn_standard_mgmt_rate'::text as indicator_code,
        denominator.period,
        null::text as month,
        'person'::text as case_kind,
        denominator.person_id as case_id,
        -- who and where
        denominator.person_id,
        denominator.institution_code,
        denominator.town_code as township_code,
        denominator.group_code,
        -- how much
        (numerator.person_id is not null)::int::bigint as numerator,
        1::bigint as denominator,
        -- where it comes from
        denominator.event_id,
        denominator._file_id,
        denominator._line_number
    from denominator
    left join numerator
        on
            denominator.period = numerator.period
            and denominator.person_id = numerator.person_id

)

select * from cases
