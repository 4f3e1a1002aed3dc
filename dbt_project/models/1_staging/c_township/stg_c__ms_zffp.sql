-- One row per void out-patient invoice of a centre or clinic.
with

landed as (

    {{ current_rows('c06_ms_zffp') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c06_ms_zffp', native_id='landed.mzxh', org_code='landed.jgid') }},
        {{ trim_code('landed.mzxh') }} as invoice_number,
        -- when
        {{ parse_timestamp('landed.zfrq') }} as voided_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
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
            when {{ is_test_day('voided_at') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
