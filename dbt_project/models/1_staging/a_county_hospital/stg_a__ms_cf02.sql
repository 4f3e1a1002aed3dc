-- One row per drug of an out-patient prescription of the county hospital.
with

landed as (

    {{ current_rows('a05_ms_cf02') }}

),

prescription as (

    select * from {{ ref('stg_a__ms_cf01') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a05_ms_cf02',
            native_id='landed."SBXH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."SBXH"') }} as prescription_line_number,
        {{ trim_code('landed."CFSB"') }} as prescription_number,
        -- what
        {{ trim_code('landed."YPXH"') }} as item_code,
        {{ clean_text('landed."YPMC"') }} as item_name,
        {{ clean_text('landed."YPYF"') }} as usage_text,
        {{ trim_code('landed."FYGB"') }} as fee_category_code,
        -- when
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_number('landed."YPSL"') }} as quantity,
        {{ parse_fen('landed."YPDJ"') }} as unit_price_fen,
        {{ parse_fen('landed."HJJE"') }} as line_fee_fen,
        {{ parse_integer('landed."YYTS"') }} as medication_days,
        -- ZFPB means void everywhere else; here it says who pays.
        {{ parse_yes_no('landed."ZFPB"') }} as is_self_paid,
        prescription.is_void,
        prescription.has_returned_drugs,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join prescription
        on btrim(landed."CFSB") = prescription.prescription_number

),

marked as (

    select
        *,
        -- What came back after a partial refund is not said line by line: invoices know.
        case when is_void is true then 0 else line_fee_fen end as net_fee_fen,
        case
            when {{ is_test_word('item_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
