-- One row per reading of a vaccine fridge.
with

landed as (

    {{ current_rows('d90_fridge_log') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd90_fridge_log',
            native_id='landed."设备编号"',
            native_part='landed."记录时间"',
            org_code='landed."单位编码"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."设备编号"') }} as fridge_id,
        -- when and what
        {{ parse_timestamp('landed."记录时间"') }} as measured_at,
        {{ parse_number('landed."温度"') }} as temperature,
        {{ clean_text('landed."备注"') }} as remark,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        temperature not between 2 and 8 as is_out_of_range,
        case
            when measured_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
