-- One row per discharge summary of the TCM hospital.
with

landed as (

    {{ current_rows('b07_tb_cis_leavehospital_summary') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b07_tb_cis_leavehospital_summary',
            native_id='landed."ZYLSH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."ZYLSH"') }} as stay_number,
        -- where
        {{ trim_code('landed."CYKSBM"') }} as department_code,
        -- what
        {{ parse_icd('landed."CYZDBM"') }} as main_diagnosis_code,
        landed."CYZDBM" as main_diagnosis_code_raw,
        {{ clean_text('landed."CYZDMC"') }} as main_diagnosis_name,
        {{ trim_code('landed."LYFS"') }} as discharge_way_code,
        {{ trim_code('landed."XGBZ"') }} as edit_code,
        -- when
        {{ parse_timestamp('landed."RYSJ"') }} as admitted_at,
        {{ parse_timestamp('landed."CYSJ"') }} as discharged_at,
        {{ parse_timestamp('landed."YWSCSJ"') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed."XGBZ") = '2', false) as is_cancelled,
        {{ parse_fen('landed."ZFY"') }} as total_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case
            when {{ is_test_day('discharged_at') }} then 'test_row'
            when discharged_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
