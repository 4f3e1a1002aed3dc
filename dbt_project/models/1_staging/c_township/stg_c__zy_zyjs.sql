-- One row per settlement of a stay at a township centre, void ones included.
with

landed as (

    {{ current_rows('c09_zy_zyjs') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'c09_zy_zyjs',
            native_id='landed.zyh',
            native_part='landed.jscs',
            org_code='landed.jgid',
        ) }},
        {{ trim_code('landed.zyh') }} as stay_number,
        {{ parse_integer('landed.jscs') }} as settlement_ordinal,
        -- when
        {{ parse_timestamp('landed.jsrq') }} as settled_at,
        {{ parse_timestamp('landed.zfrq') }} as voided_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        {{ parse_fen('landed.fyhj') }} as total_fee_fen,
        {{ parse_fen('landed.tcje') }} as pooled_fund_fee_fen,
        {{ parse_yes_no('landed.zfpb') }} as is_void,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        -- Valid is what is marked as not void.
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen,
        case when is_void is false then pooled_fund_fee_fen else 0 end
            as net_pooled_fund_fee_fen,
        case
            when {{ is_test_day('settled_at') }} then 'test_row'
            when settled_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
