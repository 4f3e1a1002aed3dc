-- One row per medicine that a centre or clinic prescribed to an out-patient.
with

landed as (

    {{ current_rows('c04_ms_cf02') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c04_ms_cf02', native_id='landed.sbxh', org_code='landed.jgid') }},
        {{ trim_code('landed.sbxh') }} as prescription_line_number,
        {{ trim_code('landed.jzxh') }} as visit_number,
        -- what
        {{ trim_code('landed.ypxh') }} as item_code,
        {{ clean_text('landed.ypmc') }} as item_name,
        -- when
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        {{ parse_number('landed.ypsl') }} as quantity,
        {{ parse_integer('landed.cfts') }} as dose_count,
        {{ parse_fen('landed.ypdj') }} as unit_price_fen,
        {{ parse_fen('landed.hjje') }} as line_fee_fen,
        -- zfpb means void everywhere else; here it says who pays.
        {{ parse_yes_no('landed.zfpb') }} as is_self_paid,
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
            when {{ is_test_word('item_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
