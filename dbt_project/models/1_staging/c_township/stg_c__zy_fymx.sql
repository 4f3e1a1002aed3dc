-- One row per charged or refunded line of a stay at a township centre.
with

landed as (

    {{ current_rows('c08_zy_fymx') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c08_zy_fymx', native_id='landed.jlxh', org_code='landed.jgid') }},
        {{ trim_code('landed.jlxh') }} as charge_line_number,
        {{ trim_code('landed.zyh') }} as stay_number,
        -- what
        {{ standard_code('fee_category', 'landed.fyxm') }} as fee_category_code,
        landed.fyxm as fee_category_code_raw,
        {{ trim_code('landed.fyxh') }} as item_code,
        {{ clean_text('landed.fymc') }} as item_name,
        -- when
        {{ parse_timestamp('landed.fyrq') }} as charged_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        coalesce({{ parse_number('landed.fysl') }} < 0, false) as is_refund,
        {{ parse_fen('landed.fydj') }} as unit_price_fen,
        {{ parse_number('landed.fysl') }} as quantity,
        {{ parse_fen('landed.zjje') }} as line_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as fee_category
        on
            btrim(landed.fyxm) = fee_category.source_code
            and fee_category.code_list = 'D-FEE'

),

marked as (

    select
        *,
        -- Refunds carry their sign: the rows may be summed as they are.
        line_fee_fen as net_fee_fen,
        case
            when
                {{ is_test_word('item_name') }}
                or {{ is_test_day('charged_at') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
