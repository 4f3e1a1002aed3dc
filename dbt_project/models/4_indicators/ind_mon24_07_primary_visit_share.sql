-- One row per counted out-patient encounter of a reporting year; numerator 1 at a primary
-- institution.
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

denominator as (

    select
        encounter.*,
        reporting_year.period,
        institution.town_code,
        institution.group_code,
        coalesce(institution.is_primary, false) as is_primary
    from encounter
    inner join reporting_year
        on encounter.started_on between reporting_year.begins_on and reporting_year.ends_on
    left join institution
        on encounter.institution_code = institution.institution_code
    where
        encounter.kind = 'outpatient'
        and encounter.is_counted

),

numerator as (

    select encounter_id
    from denominator
    where is_primary

),

cases as (

    select
        -- what
        'mon24_07_primary_visit_share'::text as indicator_code,
        denominator.period,
        to_char(denominator.started_on, 'YYYYMM') as month,
        'encounter'::text as case_kind,
        denominator.encounter_id as case_id,
        -- who and where
        denominator.person_id,
        denominator.institution_code,
        denominator.town_code as township_code,
        denominator.group_code,
        -- how much
        (numerator.encounter_id is not null)::int::bigint as numerator,
        1::bigint as denominator,
        -- where it comes from
        denominator.encounter_id as event_id,
        denominator._file_id,
        denominator._line_number
    from denominator
    left join numerator
        on denominator.encounter_id = numerator.encounter_id

)

select * from cases
