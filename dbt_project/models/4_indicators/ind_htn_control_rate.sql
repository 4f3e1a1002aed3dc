-- One row per person under hypertension management in a reporting year who is not excluded;
-- numerator 1 when the blood pressure of the last follow-up of the year is under control.
with

management as (

    select * from {{ ref('rec_hypertension_management') }}

),

follow_up as (

    select * from {{ ref('rec_hypertension_follow_up') }}

),

denominator as (

    select *
    from management
    where excluded_because is null

),

ranked_follow_up as (

    select
        denominator.period,
        follow_up.*,
        row_number() over (
            partition by denominator.period, follow_up.person_id
            order by
                follow_up.followed_up_on desc,
                follow_up.follow_up_id collate "C" desc,  -- noqa: RF02
                follow_up.event_id desc
        ) as place_from_last
    from denominator
    inner join follow_up
        on
            denominator.person_id = follow_up.person_id
            and follow_up.followed_up_on between denominator.year_begins_on
            and denominator.year_ends_on

),

last_follow_up as (

    select *
    from ranked_follow_up
    where place_from_last = 1

),

numerator as (

    select
        period,
        person_id
    from last_follow_up
    where
        is_found
        and is_plausible
        and is_controlled

),

cases as (

    select
        -- what
        'htn_control_rate'::text as indicator_code,
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
        -- where it comes from: the reading that decides, else the record without one
        coalesce(last_follow_up.event_id, denominator.event_id) as event_id,
        coalesce(last_follow_up._file_id, denominator._file_id) as _file_id,
        coalesce(last_follow_up._line_number, denominator._line_number) as _line_number
    from denominator
    left join last_follow_up
        on
            denominator.period = last_follow_up.period
            and denominator.person_id = last_follow_up.person_id
    left join numerator
        on
            denominator.period = numerator.period
            and denominator.person_id = numerator.person_id

)

select * from cases
