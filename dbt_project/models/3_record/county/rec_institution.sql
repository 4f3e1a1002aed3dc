-- One row per institution of the county's list, open or closed, in the county or outside.
with

listed as (

    select * from {{ ref('stg_h__institution') }}

),

county as (

    select * from {{ ref('county') }}

),

institution_class as (

    select * from {{ ref('institution_class') }}

),

-- A list may know an institution by several codes of its own; one line speaks for it.
ranked as (

    select
        *,
        row_number() over (
            partition by institution_code
            order by
                {{ speaks_for_institution() }}
        ) as place
    from listed
    where
        set_aside_because is null
        and institution_code is not null

),

usable as (

    select *
    from ranked
    where place = 1

),

institution as (

    select
        -- keys
        usable.institution_code,
        usable.code22,
        usable.insurance_code,
        usable.township_id,
        usable.manage_unit_id,
        -- what
        usable.institution_name,
        usable.short_name,
        usable.former_name,
        usable.class_code,
        usable.level_code,
        -- A village clinic belongs to the group of the centre above it.
        coalesce(usable.group_code, parent.group_code) as group_code,
        coalesce(usable.group_name, parent.group_name) as group_name,
        usable.parent_institution_code,
        coalesce(institution_class.is_primary, false) as is_primary,
        coalesce(institution_class.is_township_centre, false) as is_township_centre,
        -- where
        usable.division_code,
        case
            when starts_with(usable.division_code, county.division_code)
                then usable.division_code
        end as town_code,
        coalesce(
            starts_with(usable.division_code, county.division_code), false
        ) as is_in_county,
        -- when
        usable.enabled_on,
        usable.disabled_on,
        -- where it comes from
        usable.record_key as event_id,
        usable._file_id,
        usable._line_number
    from usable
    cross join county
    left join usable as parent
        on usable.parent_institution_code = parent.institution_code
    left join institution_class
        on usable.class_code = institution_class.class_code

)

select * from institution
