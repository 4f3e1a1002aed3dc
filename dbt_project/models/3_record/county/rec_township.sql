-- One row per town of the county, with the centre and the group that look after it.
with

reported as (

    select * from {{ ref('stg_h__population') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

-- The newest report names the town; both sexes name it alike.
ranked_name as (

    select
        town_code,
        town_name,
        row_number() over (
            partition by town_code
            order by year desc, sex_code asc, record_key asc
        ) as place_from_newest
    from reported
    where set_aside_because is null

),

-- One site may carry two institutions; the centre's own management unit is the town's code.
ranked_centre as (

    select
        town_code,
        institution_code,
        group_code,
        row_number() over (
            partition by town_code
            order by
                (manage_unit_id is not distinct from town_code) desc,
                (disabled_on is null) desc,
                institution_code asc
        ) as place_from_best
    from institution
    where is_township_centre

),

newest_name as (

    select
        town_code,
        town_name
    from ranked_name
    where place_from_newest = 1

),

best_centre as (

    select
        town_code,
        institution_code,
        group_code
    from ranked_centre
    where place_from_best = 1

),

-- A full join: a town is known before its first report, and a report may name a town
-- without a centre.
township as (

    select
        coalesce(newest_name.town_code, best_centre.town_code) as town_code,
        newest_name.town_name,
        best_centre.institution_code as centre_institution_code,
        best_centre.group_code
    from newest_name
    full join best_centre
        on newest_name.town_code = best_centre.town_code

)

select * from township
