-- One row per name by which forms call an institution; what several bear leads nowhere.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

institution as (

    select * from {{ ref('rec_institution') }}

),

every_name as (

    select
        institution_name as name,
        institution_code
    from institution

    union all

    select
        short_name as name,
        institution_code
    from institution

    union all

    select
        former_name as name,
        institution_code
    from institution

),

own_name as (

    select
        name,
        min(institution_code) as institution_code
    from every_name
    where name is not null
    group by name
    having count(distinct institution_code) = 1

)

select * from own_name
