-- One row per person with a valid contract on the day (numerator), and one row per line of
-- the residents' report (denominator). Days: 31 December of every complete year, also as
-- the year's own figure, and the last day of which the newest delivery knows.
with

contract as (

    select * from {{ ref('rec_contract') }}

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

reporting_day as (

    select
        to_char(ends_on, 'YYYYMMDD') as period,
        ends_on as day,
        last_data_on
    from reporting_year
    where is_complete

    union all

    select
        period,
        ends_on as day,
        last_data_on
    from reporting_year
    where is_complete

    union all

    select
        to_char(last_data_on, 'YYYYMMDD') as period,
        last_data_on as day,
        last_data_on
    from reporting_year
    where
        not is_complete
        and last_data_on between begins_on and ends_on

),

-- Residents of a year that is not over are not known yet: for the last data day, and only
-- for it, those of the newest earlier year stand in.
population_year as (

    select
        reporting_day.period,
        max(population.year) as year
    from reporting_day
    inner join population
        on
            population.year = extract(year from reporting_day.day)
            or (
                reporting_day.day = reporting_day.last_data_on
                and population.year < extract(year from reporting_day.day)
            )
    group by reporting_day.period

),

valid_contract as (

    select
        contract.*,
        reporting_day.period,
        -- A person with several valid contracts counts once, with the newest.
        row_number() over (
            partition by reporting_day.period, contract.person_id
            order by contract.begins_on desc, contract.contract_id desc
        ) as place_from_newest
    from contract
    inner join reporting_day
        on
            contract.begins_on <= reporting_day.day
            -- The end is exclusive: on that day the contract is no longer valid.
            and contract.ends_on > reporting_day.day
            and (contract.stopped_on is null or contract.stopped_on > reporting_day.day)
    inner join person
        on contract.person_id = person.person_id
    where person.death_on is null or person.death_on > reporting_day.day

),

numerator as (

    select
        valid_contract.*,
        township.group_code
    from valid_contract
    left join township
        on valid_contract.town_code = township.town_code
    where valid_contract.place_from_newest = 1

),

denominator as (

    select
        population.*,
        population_year.period
    from population
    inner join population_year
        on population.year = population_year.year

),

cases as (

    select
        -- what
        'fd_sign_rate'::text as indicator_code,
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
        'fd_sign_rate' as indicator_code,
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
