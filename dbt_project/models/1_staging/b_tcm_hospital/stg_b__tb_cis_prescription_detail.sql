-- One row per medicine that the TCM hospital prescribed to an out-patient.
with

landed as (

    {{ current_rows('b04_tb_cis_prescription_detail') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b04_tb_cis_prescription_detail',
            native_id='landed."CFMXH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."CFMXH"') }} as prescription_line_number,
        {{ trim_code('landed."JZLSH"') }} as visit_number,
        -- what
        {{ trim_code('landed."CFLX"') }} as prescription_type_code,
        {{ trim_code('landed."XMBM"') }} as item_code,
        {{ clean_text('landed."XMMC"') }} as item_name,
        -- when
        {{ parse_timestamp('landed."KFRQ"') }} as prescribed_at,
        -- how much and whether
        {{ parse_number('landed."XMSL"') }} as quantity,
        {{ parse_integer('landed."CFTS"') }} as dose_count,
        {{ parse_fen('landed."XMDJ"') }} as unit_price_fen,
        {{ parse_fen('landed."XMJE"') }} as line_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        quantity * coalesce(dose_count, 1) as total_quantity,
        case
            when
                {{ is_test_word('item_name') }}
                or {{ is_test_day('prescribed_at') }}
                then 'test_row'
            when prescribed_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
