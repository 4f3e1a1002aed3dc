-- One row per out-patient invoice of a centre or clinic, void ones included.
with

landed as (

    {{ current_rows('c05_ms_mzxx') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c05_ms_mzxx', native_id='landed.mzxh', org_code='landed.jgid') }},
        {{ trim_code('landed.mzxh') }} as invoice_number,
        {{ trim_code('landed.jzxh') }} as visit_number,
        -- what
        {{ trim_code('landed.ymzxh') }} as replaced_invoice_number,
        {{ trim_code('landed.brxz') }} as payer_code,
        -- when
        {{ parse_timestamp('landed.sfrq') }} as charged_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        {{ parse_fen('landed.zjje') }} as total_fee_fen,
        {{ parse_fen('landed.jjzfje') }} as fund_paid_fee_fen,
        {{ parse_fen('landed.zfje') }} as self_paid_fee_fen,
        {{ parse_yes_no('landed.zfpb') }} as is_void,
        {{ parse_fen('landed.jylyjmje') }} as contract_waiver_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen,
        case
            when {{ is_test_day('charged_at') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
