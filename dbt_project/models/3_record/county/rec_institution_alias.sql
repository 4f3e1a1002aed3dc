-- One row per name that leads to one institution: full, former or short.
with

institution as (

    select * from {{ ref('rec_institution') }}

),

every_name as (

    select
        institution_name as name,
        institution_code,
        1 as place,
        'full' as name_kind
    from institution

    union all

    select
        former_name as name,
        institution_code,
        2 as place,
        'former' as name_kind
    from institution

    union all

    select
        short_name as name,
        institution_code,
        3 as place,
        'short' as name_kind
    from institution

),

-- A full name goes before a short one that reads alike; what several share names none.
ranked as (

    select
        name,
        name_kind,
        institution_code,
        place = min(place) over (partition by name) as is_best_kind
    from every_name
    where name is not null

),

institution_alias as (

    select
        name,
        min(name_kind) as name_kind,
        min(institution_code) as institution_code
    from ranked
    where is_best_kind
    group by name
    having count(distinct institution_code) = 1

)

select * from institution_alias
