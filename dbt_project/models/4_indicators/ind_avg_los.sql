-- One row per discharge of a reporting year; the days of the stay in the numerator.
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

discharge as (

    select
        encounter.*,
        reporting_year.period,
        institution.town_code,
        institution.group_code
    from encounter
    inner join reporting_year
        on encounter.ended_on between reporting_year.begins_on and reporting_year.ends_on
    left join institution
        on encounter.institution_code = institution.institution_code
    where
        encounter.kind = 'inpatient'
        and encounter.is_counted

),

cases as (

    select
        -- what
        'avg_los'::text as indicator_code,
        period,
        to_char(ended_on, 'YYYYMM') as month,
        'stay'::text as case_kind,
        encounter_id as case_id,
        -- who and where
        person_id,
        institution_code,
        town_code as township_code,
        group_code,
        -- how much
        length_of_stay_days::bigint as numerator,
        1::bigint as denominator,
        -- where it comes from
        encounter_id as event_id,
        _file_id,
        _line_number
    from discharge

)

select * from cases
