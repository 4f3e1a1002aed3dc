-- One row per service package of the newest complete snapshot.
with

sent as (

    select * from {{ ref('stg_e__scm_servicepackage') }}

),

service_package as (

    select
        -- keys
        record_key as event_id,
        package_code,
        -- what
        package_name,
        key_group_code,
        -- when
        valid_until_on,
        -- measures
        package_price_fen,
        coalesce(is_withdrawn, false) as is_withdrawn,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from sent
    where set_aside_because is null

)

select * from service_package
