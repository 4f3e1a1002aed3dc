-- One row per void out-patient invoice of the county hospital.
with

landed as (

    {{ current_rows('a07_ms_zffp') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a07_ms_zffp',
            native_id='landed."MZXH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."MZXH"') }} as invoice_number,
        -- what
        {{ trim_code('landed."FPHM"') }} as receipt_number,
        {{ trim_code('landed."CZGH"') }} as operator_code,
        -- when
        {{ parse_timestamp('landed."ZFRQ"') }} as voided_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'

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
