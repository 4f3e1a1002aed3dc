-- One row per town of the county and name that a report gave it.
with

reported as (

    select * from {{ ref('stg_h__population') }}

),

town as (

    select
        town_code,
        town_name
    from reported
    where
        set_aside_because is null
        and town_name is not null
    group by town_code, town_name

)

select * from town
