-- One row per measure of how well people were recognised.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

review_task as (

    select * from {{ source('identity', 'review_task') }}

),

records_of_person as (

    select
        person_id,
        count(*) as record_count,
        count(distinct source_system) as system_count
    from person_link
    where person_id is not null
    group by person_id

),

total as (

    select
        'people' as measure,
        '' as detail,
        count(*) as how_many
    from records_of_person

    union all

    select
        'records' as measure,
        '' as detail,
        count(*) as how_many
    from person_link

    union all

    select
        'records without a person' as measure,
        '' as detail,
        count(*) as how_many
    from person_link
    where person_id is null

    union all

    select
        'contested records' as measure,
        '' as detail,
        count(*) as how_many
    from person_link
    where is_contested

),

by_record_count as (

    select
        'people by records' as measure,
        lpad(least(record_count, 50)::text, 2, '0') as detail,
        count(*) as how_many
    from records_of_person
    group by least(record_count, 50)

),

by_system_count as (

    select
        'people by systems' as measure,
        system_count::text as detail,
        count(*) as how_many
    from records_of_person
    group by system_count

),

by_method as (

    select
        'records by method' as measure,
        method || coalesce(': ' || rule, '') as detail,
        count(*) as how_many
    from person_link
    group by method, rule

),

by_table as (

    select
        'records by table' as measure,
        source_system || ' ' || source_table as detail,
        count(*) as how_many
    from person_link
    group by source_system, source_table

),

by_review as (

    select
        'review tasks' as measure,
        state || ': ' || kind as detail,
        count(*) as how_many
    from review_task
    group by state, kind

),

quality as (

    select * from total
    union all
    select * from by_record_count
    union all
    select * from by_system_count
    union all
    select * from by_method
    union all
    select * from by_table
    union all
    select * from by_review

)

select * from quality
