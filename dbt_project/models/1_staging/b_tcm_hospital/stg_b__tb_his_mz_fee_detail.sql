-- One row per charged or refunded out-patient line of the TCM hospital.
with

landed as (

    {{ current_rows('b05_tb_his_mz_fee_detail') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b05_tb_his_mz_fee_detail',
            native_id='landed."SFMXID"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."SFMXID"') }} as charge_line_number,
        {{ trim_code('landed."JZLSH"') }} as visit_number,
        {{ trim_code('landed."KH"') }} as patient_id,
        -- what
        {{ trim_code('landed."TSFMXID"') }} as refunded_line_number,
        {{ trim_code('landed."STFBZ"') }} as charge_or_refund_code,
        {{ trim_code('landed."STFBH"') }} as receipt_number,
        {{ standard_code('fee_category', 'landed."MXFYLB"') }} as fee_category_code,
        landed."MXFYLB" as fee_category_code_raw,
        {{ trim_code('landed."MXXMBM"') }} as item_code,
        {{ clean_text('landed."MXXMMC"') }} as item_name,
        {{ trim_code('landed."BXLX"') }} as insurance_type_code,
        {{ trim_code('landed."XGBZ"') }} as edit_code,
        -- when
        {{ parse_timestamp('landed."STFSJ"') }} as charged_at,
        -- how much and whether
        coalesce(btrim(landed."STFBZ") = '2', false) as is_refund,
        {{ parse_fen('landed."MXXMDJ"') }} as unit_price_fen,
        {{ parse_number('landed."MXXMSL"') }} as quantity,
        {{ parse_fen('landed."MXXMJE"') }} as line_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as fee_category
        on
            btrim(landed."MXFYLB") = fee_category.source_code
            and fee_category.code_list = 'D-FEE-B'

),

marked as (

    select
        *,
        -- A refund comes with positive figures: only its mark tells.
        case when is_refund then -quantity else quantity end as net_quantity,
        case when is_refund then -line_fee_fen else line_fee_fen end as net_fee_fen,
        case
            when {{ is_test_day('charged_at') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
