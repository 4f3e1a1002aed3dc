-- One row per person with an active archive on 31 December (numerator), and one row per
-- line of the residents' report of the year (denominator).
with

archive as (

    select * from {{ ref('rec_archive') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

population as (

    select * from {{ ref('rec_population') }}

),

township as (

    select * from {{ ref('rec_township') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

active_archive as (

    select
        archive.*,
        reporting_year.period,
        -- A person with several archives counts once, in the town of the newest.
        row_number() over (
            partition by reporting_year.period, archive.person_id
            order by archive.created_on desc, archive.event_id desc
        ) as place_from_newest
    from archive
    inner join reporting_year
        on archive.created_on <= reporting_year.ends_on
    inner join person
        on archive.person_id = person.person_id
    where
        (
            not archive.is_cancelled
            or archive.cancelled_on is null
            or archive.cancelled_on > reporting_year.ends_on
        )
        and (person.death_on is null or person.death_on > reporting_year.ends_on)

),

numerator as (

    select
        active_archive.*,
        township.group_code
    from active_archive
    left join township
        on active_archive.town_code = township.town_code
    where active_archive.place_from_newest = 1

),

denominator as (

    select
        population.*,
        reporting_year.period
    from population
    inner join reporting_year
        on population.year = reporting_year.year

),

cases as (

    select
        -- what
        'ehr_electronic_rate'::text as indicator_code,
        period,
        null::text as month,
        'person'::text as case_kind,
        person_id as case_id,
        -- who and where
        person_id,
        institution_code,
        town_code as township_code,
        group_code,
        -- how much
        1::bigint as numerator,
        0::bigint as denominator,
        -- where it comes from
        event_id,
        _file_id,
        _line_number
    from numerator

    union all

    select
        -- what
        'ehr_electronic_rate' as indicator_code,
        period,
        null as month,
        'population' as case_kind,
        population_key as case_id,
        -- who and where
        null as person_id,
        null as institution_code,
        town_code as township_code,
        group_code,
        -- how much
        0 as numerator,
        resident_count as denominator,
        -- where it comes from
        event_id,
        _file_id,
        _line_number
    from denominator

)

select * from cases
