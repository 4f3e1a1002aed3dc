-- One row per out-patient prescription of the county hospital, void ones included.
with

landed as (

    {{ current_rows('a04_ms_cf01') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a04_ms_cf01',
            native_id='landed."CFSB"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."CFSB"') }} as prescription_number,
        {{ trim_code('landed."JZXH"') }} as visit_number,
        {{ trim_code('landed."BRID"') }} as patient_id,
        {{ trim_code('landed."MZXH"') }} as invoice_number,
        {{ clean_number('landed."CFHM"') }} as printed_prescription_number,
        -- where
        {{ trim_code('landed."KSDM"') }} as department_code,
        -- what
        {{ trim_code('landed."CFLX"') }} as prescription_type_code,
        {{ trim_code('landed."YSDM"') }} as doctor_code,
        -- when
        {{ parse_timestamp('landed."KFRQ"') }} as prescribed_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_integer('landed."CFTS"') }} as dose_count,
        {{ parse_yes_no('landed."FYBZ"') }} as is_dispensed,
        {{ parse_yes_no('landed."TYBZ"') }} as has_returned_drugs,
        {{ parse_yes_no('landed."ZFPB"') }} as is_void,
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
            when {{ is_test_day('prescribed_at') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
