-- One row per out-patient invoice of the county hospital, void ones included.
with

landed as (

    {{ current_rows('a06_ms_mzxx') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a06_ms_mzxx',
            native_id='landed."MZXH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."MZXH"') }} as invoice_number,
        {{ trim_code('landed."JZXH"') }} as visit_number,
        {{ trim_code('landed."BRID"') }} as patient_id,
        -- what
        {{ trim_code('landed."FPHM"') }} as receipt_number,
        {{ trim_code('landed."YMZXH"') }} as replaced_invoice_number,
        {{ trim_code('landed."BRXZ"') }} as payer_code,
        -- when
        {{ parse_timestamp('landed."SFRQ"') }} as charged_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_fen('landed."ZJJE"') }} as total_fee_fen,
        {{ parse_fen('landed."ZFJE"') }} as self_paid_fee_fen,
        {{ parse_fen('landed."JJZFJE"') }} as fund_paid_fee_fen,
        {{ parse_yes_no('landed."ZFPB"') }} as is_void,
        {{ parse_yes_no('landed."THPB"') }} as is_fully_returned,
        {{ parse_fen('landed."JYLYJMJE"') }} as contract_waiver_fee_fen,
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
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen,
        case
            when {{ is_test_day('charged_at') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
