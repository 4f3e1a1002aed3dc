-- One row per admission to the county hospital, cancelled ones included.
with

landed as (

    {{ current_rows('a08_zy_brry') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a08_zy_brry',
            native_id='landed."ZYH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."ZYH"') }} as stay_number,
        {{ trim_code('landed."BAHM"') }} as medical_record_number,
        {{ trim_code('landed."BRID"') }} as patient_id,
        {{ parse_integer('landed."ZYCS"') }} as stay_ordinal,
        -- who
        {{ trim_code('landed."ZYHM"') }} as printed_stay_number,
        -- where
        {{ trim_code('landed."BRKS"') }} as department_code,
        -- what
        {{ trim_code('landed."CYPB"') }} as discharge_status_code,
        {{ trim_code('landed."CYFS"') }} as discharge_way_code,
        {{ trim_code('landed."ZYYS"') }} as doctor_code,
        {{ clean_text('landed."RYNL"') }} as age_text,
        -- when
        {{ parse_timestamp('landed."RYRQ"') }} as admitted_at,
        {{ parse_timestamp('landed."CYRQ"') }} as discharged_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed."CYPB") = '99', false) as is_cancelled,
        {{ parse_integer('landed."JSCS"') }} as settlement_count,
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
            when {{ is_test_day('admitted_at') }} then 'test_row'
            when admitted_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
