-- One row per package and service, with how often the package promises it.
with

sent as (

    select * from {{ ref('stg_e__scm_servicepackage_item') }}

),

ranked as (

    select
        *,
        sum(service_count) over each_item as promised_count,
        row_number() over (each_item order by native_part::int) as place
    from sent
    where
        set_aside_because is null
        and item_code is not null
    window each_item as (partition by package_code, item_code)

),

-- A service that a package lists twice is promised as often as both lines say.
service_package_item as (

    select
        -- keys
        record_key as event_id,
        package_code,
        item_code,
        -- what
        item_name,
        item_nature_code,
        -- measures
        promised_count::int as promised_count,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from ranked
    where place = 1

)

select * from service_package_item
