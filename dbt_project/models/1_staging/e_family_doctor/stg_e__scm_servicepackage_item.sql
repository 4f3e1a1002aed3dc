-- One row per service of a package, in the order in which the package lists them.
{{ config(materialized='by_difference') }}
with

package as (

    select * from {{ ref('stg_e__scm_servicepackage') }}

),

item as (

    select
        -- keys
        package.record_key || '|' || listed.place as record_key,
        package.source_system,
        package.source_table,
        package.org_code,
        package.native_id,
        listed.place::text as native_part,
        package.package_code,
        -- what
        {{ trim_code("listed.item ->> 'itemCode'") }} as item_code,
        {{ clean_text("listed.item ->> 'itemName'") }} as item_name,
        {{ trim_code("listed.item ->> 'itemNature'") }} as item_nature_code,
        -- how much and whether
        {{ parse_integer("listed.item ->> 'serviceTimes'") }} as service_count,
        -- where it comes from
        package._first_delivery_on,
        package._file_id,
        package._line_number,
        package.set_aside_because
    from package
    cross join
        lateral jsonb_array_elements(package.items) with ordinality
            as listed (item, place) -- noqa: AL05

)

select * from item
