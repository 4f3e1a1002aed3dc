{{ config(materialized='per_person', indexes=[{'columns': ['record_key']}]) }}
-- One row per source record that is somebody's: what it says, and what its number is worth.
-- The only place where the golden record is restricted to certain people: whoever is left
-- out here is left out of all of it.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

source_person as (

    select * from {{ ref('idn_source_person') }}

),

default_value as (

    select * from {{ ref('default_value') }}

),

-- Materialized: what follows names the bare number dozens of times, and PostgreSQL would
-- put the whole expression into each of those places.
linked as materialized (

    select
        person_link.person_id,
        person_link.record_key,
        person_link.source_system,
        person_link.source_table,
        person_link.first_delivery_on,
        person_link.is_contested,
        source_person.person_name,
        source_person.sex_code,
        source_person.ethnicity_code,
        source_person.phone,
        source_person.address,
        source_person.archive_id,
        source_person.insurance_number,
        case
            when source_person.id_type_code = 'other' then source_person.id_number
        end as other_document,
        case
            when unknown_day.value is null then source_person.born_on
        end as born_on,
        {{ number_as_typed('source_person.id_number') }} as bare_number
    from person_link
    left join source_person
        on person_link.record_key = source_person.record_key
    left join default_value as unknown_day
        on
            unknown_day.attribute = 'birth_date'
            and unknown_day.missing_when = 'always'
            and source_person.born_on::text = unknown_day.value
    where person_link.person_id is not null

),

numbered as materialized (

    select
        *,
        case
            when {{ has_right_check_character('bare_number') }} then bare_number
            -- A disability card: the number of its holder, two digits of kind and grade.
            when
                length(bare_number) = 20
                and {{ has_right_check_character('left(bare_number, 18)') }}
                then left(bare_number, 18)
            -- Fifteen digits, from before 1999; nothing in them can be checked.
            when bare_number ~ '^[0-9]{15}$' then {{ lengthened_number('bare_number') }}
        end as id_number,
        length(bare_number) = 15 as is_converted
    from linked

),

dated as (

    select
        numbered.*,
        {{ birth_date_of_number('numbered.id_number') }} as number_born_on
    from numbered

),

stated_birth_date as (

    select distinct
        person_id,
        born_on
    from dated
    where born_on is not null

),

stated_person as (

    select distinct person_id
    from stated_birth_date

),

number_birth_date as (

    select distinct
        person_id,
        number_born_on
    from dated
    where number_born_on is not null

),

-- A number whose birth date is years away from every stated one is a relative's.
relatives_birth_date as (

    select
        number_birth_date.person_id,
        number_birth_date.number_born_on
    from number_birth_date
    inner join stated_birth_date
        on number_birth_date.person_id = stated_birth_date.person_id
    group by number_birth_date.person_id, number_birth_date.number_born_on
    having min(abs(number_birth_date.number_born_on - stated_birth_date.born_on)) > 731

),

person_record as (

    select
        -- keys
        dated.person_id,
        dated.record_key,
        dated.source_system,
        dated.source_table,
        -- who
        dated.person_name,
        dated.sex_code,
        dated.born_on,
        dated.ethnicity_code,
        dated.phone,
        dated.address,
        dated.archive_id,
        dated.insurance_number,
        dated.other_document,
        -- the number, and what it is worth
        case when dated.number_born_on is not null then dated.id_number end as id_number,
        case
            -- The check character says nothing of the day: 30 February can pass it, and so
            -- can a form that fills in 1 January 1900.
            when
                dated.number_born_on is null
                or dated.number_born_on > dated.first_delivery_on
                or unknown_day.value is not null
                then 'impossible'
            when relatives_birth_date.person_id is not null then 'relatives'
            -- Where nobody states a birth date, a newborn's name says whose number it is.
            when
                stated_person.person_id is null
                and {{ is_newborn_name('dated.person_name') }}
                then 'relatives'
            when dated.is_converted then 'converted'
            -- Excel leaves three zeros at the end, and one in eleven passes its check with
            -- them; but one registered number in a thousand ends with them as well.
            when dated.id_number like '%000' then 'zeroed'
            else 'valid'
        end as number_standing,
        dated.number_born_on,
        case
            when substr(dated.id_number, 17, 1)::int % 2 = 1 then '1' else '2'
        end as number_sex_code,
        dated.is_contested,
        -- when
        dated.first_delivery_on
    from dated
    left join relatives_birth_date
        on
            dated.person_id = relatives_birth_date.person_id
            and dated.number_born_on = relatives_birth_date.number_born_on
    left join stated_person
        on dated.person_id = stated_person.person_id
    left join default_value as unknown_day
        on
            unknown_day.attribute = 'birth_date'
            and unknown_day.missing_when = 'always'
            and dated.number_born_on::text = unknown_day.value

)

select * from person_record
