-- One row per person: what their records say of them, without name or number.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

golden_person as (

    select * from {{ ref('idn_golden_person') }}

),

counted as (

    select
        person_id,
        count(*) as source_record_count,
        count(distinct source_system) as source_system_count,
        min(first_delivery_on) as first_delivery_on
    from person_link
    where person_id is not null
    group by person_id

),

person as (

    select
        -- keys
        counted.person_id,
        -- what
        golden_person.sex_code,
        golden_person.born_on,
        -- The county counts a death by its card; other signs of it stay in identity.
        golden_person.reported_death_on as death_on,
        -- where
        golden_person.town_code,
        -- measures
        counted.source_record_count,
        counted.source_system_count,
        counted.first_delivery_on
    from counted
    left join golden_person
        on counted.person_id = golden_person.person_id

)

select * from person
