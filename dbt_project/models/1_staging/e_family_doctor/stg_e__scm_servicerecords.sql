-- One row per service under a contract in the newest snapshot, cancelled ones included.
with

landed as (

    {{ current_rows('e04_scm_servicerecords') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('e04_scm_servicerecords', native_id='landed."serviceId"') }},
        {{ trim_code('landed."serviceId"') }} as service_id,
        {{ trim_code('landed."SCID"') }} as contract_id,
        {{ clean_number('landed."favoreeEmpiId"') }} as health_index_id,
        {{ trim_code('landed."SBXH"') }} as visit_reference,
        {{ trim_code("split_part(landed.\"SBXH\", '/', 1)") }} as visit_org_code,
        {{ trim_code("split_part(landed.\"SBXH\", '/', 2)") }} as visit_number,
        -- who
        {{ clean_text('landed.servicer') }} as doctor_name,
        -- what
        {{ trim_code('landed."itemCode"') }} as item_code,
        {{ trim_code('landed."serviceMode"') }} as service_mode_code,
        {{ trim_code('landed.status') }} as service_status_code,
        -- when
        {{ parse_date('landed."serviceDate"') }} as served_on,
        {{ parse_timestamp('landed."lastModifyDate"') }} as modified_at,
        -- how much and whether
        coalesce({{ trim_code('landed.status') }} = '9', false) as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case
            when {{ is_test_day('served_on') }} then 'test_row'
            when served_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
