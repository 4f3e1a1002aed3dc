-- One row per charge of a stay at the county hospital; refunds are rows below zero.
with

landed as (

    {{ current_rows('a09_zy_fymx') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a09_zy_fymx',
            native_id='landed."JLXH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."JLXH"') }} as charge_line_number,
        {{ trim_code('landed."ZYH"') }} as stay_number,
        -- what
        {{ trim_code('landed."FYXH"') }} as item_code,
        {{ clean_text('landed."FYMC"') }} as item_name,
        {{ trim_code('landed."FYXM"') }} as fee_category_code,
        -- when
        {{ parse_timestamp('landed."FYRQ"') }} as charged_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_number('landed."FYSL"') }} as quantity,
        {{ parse_fen('landed."FYDJ"') }} as unit_price_fen,
        {{ parse_fen('landed."ZJJE"') }} as line_fee_fen,
        {{ parse_yes_no('landed."YEPB"') }} as is_newborn,
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
        -- Refunds carry their sign: the rows may be summed as they are.
        line_fee_fen as net_fee_fen,
        coalesce(quantity < 0 or line_fee_fen < 0, false) as is_refund,
        case
            when
                {{ is_test_word('item_name') }}
                or {{ is_test_day('charged_at') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
