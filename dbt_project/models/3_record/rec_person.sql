-- One row per person: what their records say of them, without name or number.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

source_person as (

    select * from {{ ref('idn_source_person') }}

),

death as (

    select * from {{ ref('rec_death') }}

),

archive as (

    select * from {{ ref('rec_archive') }}

),

coverage as (

    select * from {{ ref('rec_coverage') }}

),

linked as (

    select
        person_link.person_id,
        person_link.record_key,
        person_link.source_system,
        person_link.first_delivery_on,
        source_person.sex_code,
        source_person.born_on,
        -- What clerks type around a number, and full-width characters in it.
        regexp_replace(
            upper(translate(source_person.id_number, '０１２３４５６７８９ｘＸ', '0123456789XX')),
            '[^0-9X]',
            '',
            'g'
        ) as id_number
    from person_link
    left join source_person
        on person_link.record_key = source_person.record_key
    where person_link.person_id is not null

),

counted as (

    select
        person_id,
        count(*) as source_record_count,
        count(distinct source_system) as source_system_count,
        min(first_delivery_on) as first_delivery_on
    from linked
    group by person_id

),

number_says as (

    select
        person_id,
        -- The check character says nothing of the date: 30 February can pass it.
        case
            when pg_input_is_valid(substr(id_number, 7, 8), 'date')
                then substr(id_number, 7, 8)::date
        end as born_on,
        case when substr(id_number, 17, 1)::int % 2 = 1 then '1' else '2' end as sex_code
    from linked
    where {{ has_right_check_character('id_number') }}

),

stated_birth_date as (

    select
        person_id,
        born_on,
        count(*) as vote_count
    from linked
    where born_on is not null
    group by person_id, born_on

),

number_birth_date as (

    select
        person_id,
        born_on,
        count(*) as vote_count
    from number_says
    where born_on is not null
    group by person_id, born_on

),

-- A number whose birth date is years away from every stated one is a relative's.
far_from_stated as (

    select
        number_birth_date.person_id,
        number_birth_date.born_on
    from number_birth_date
    inner join stated_birth_date
        on number_birth_date.person_id = stated_birth_date.person_id
    group by number_birth_date.person_id, number_birth_date.born_on
    having min(abs(number_birth_date.born_on - stated_birth_date.born_on)) > 731

),

birth_date_vote as (

    select
        number_birth_date.person_id,
        number_birth_date.born_on,
        number_birth_date.vote_count,
        1 as preference
    from number_birth_date
    left join far_from_stated
        on
            number_birth_date.person_id = far_from_stated.person_id
            and number_birth_date.born_on = far_from_stated.born_on
    where far_from_stated.person_id is null

    union all

    select
        person_id,
        born_on,
        vote_count,
        2 as preference
    from stated_birth_date

),

ranked_birth_date as (

    select
        person_id,
        born_on,
        row_number() over (
            partition by person_id
            order by preference asc, vote_count desc, born_on asc
        ) as place
    from birth_date_vote

),

sex_vote as (

    select
        person_id,
        sex_code
    from linked

    union all

    select
        person_id,
        sex_code
    from number_says

),

counted_sex as (

    select
        person_id,
        sex_code,
        count(*) as vote_count
    from sex_vote
    where sex_code is not null
    group by person_id, sex_code

),

ranked_sex as (

    select
        person_id,
        sex_code,
        row_number() over (
            partition by person_id
            order by vote_count desc, sex_code asc
        ) as place
    from counted_sex

),

first_death as (

    select
        person_id,
        min(dead_on) as death_on
    from death
    group by person_id

),

-- Where the newest open archive is kept, else where the insurer knows the person to live.
town_vote as (

    select
        person_id,
        town_code,
        case when is_cancelled then 3 else 1 end as preference,
        created_on as known_on,
        event_id
    from archive

    union all

    select
        person_id,
        town_code,
        2 as preference,
        make_date(insured_year, 1, 1) as known_on,
        event_id
    from coverage

),

ranked_town as (

    select
        person_id,
        town_code,
        row_number() over (
            partition by person_id
            order by preference asc, known_on desc, event_id desc
        ) as place
    from town_vote
    where town_code is not null

),

person as (

    select
        -- keys
        counted.person_id,
        -- what
        ranked_sex.sex_code,
        ranked_birth_date.born_on,
        first_death.death_on,
        -- where
        ranked_town.town_code,
        -- measures
        counted.source_record_count,
        counted.source_system_count,
        counted.first_delivery_on
    from counted
    left join ranked_sex
        on counted.person_id = ranked_sex.person_id and ranked_sex.place = 1
    left join ranked_birth_date
        on counted.person_id = ranked_birth_date.person_id and ranked_birth_date.place = 1
    left join first_death
        on counted.person_id = first_death.person_id
    left join ranked_town
        on counted.person_id = ranked_town.person_id and ranked_town.place = 1

)

select * from person
