-- One row per settlement of a stay at the county hospital, void ones included.
with

landed as (

    {{ current_rows('a10_zy_zyjs') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a10_zy_zyjs',
            native_id='landed."ZYH"',
            native_part='landed."JSCS"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."ZYH"') }} as stay_number,
        {{ parse_integer('landed."JSCS"') }} as settlement_ordinal,
        -- what
        {{ trim_code('landed."JSLX"') }} as settlement_kind_code,
        {{ trim_code('landed."FPHM"') }} as receipt_number,
        -- when
        {{ parse_date('landed."KSRQ"') }} as begins_on,
        {{ parse_date('landed."ZZRQ"') }} as ends_on,
        {{ parse_timestamp('landed."JSRQ"') }} as settled_at,
        {{ parse_timestamp('landed."JZRQ"') }} as cashier_closed_at,
        {{ parse_date('landed."HZRQ"') }} as finance_booked_on,
        {{ parse_timestamp('landed."ZFRQ"') }} as voided_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_fen('landed."FYHJ"') }} as total_fee_fen,
        {{ parse_fen('landed."ZFHJ"') }} as self_paid_fee_fen,
        {{ parse_fen('landed."TCJE"') }} as pooled_fund_fee_fen,
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
        -- Valid is what is marked as not void, interim settlements included.
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen,
        case when is_void is false then self_paid_fee_fen else 0 end
            as net_self_paid_fee_fen,
        case when is_void is false then pooled_fund_fee_fen else 0 end
            as net_pooled_fund_fee_fen,
        case
            when {{ is_test_day('settled_at') }} then 'test_row'
            when settled_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
