-- One row per admission to the TCM hospital, cancelled ones included.
with

landed as (

    {{ current_rows('b06_tb_his_zy_adm_reg') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b06_tb_his_zy_adm_reg',
            native_id='landed."ZYLSH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."ZYLSH"') }} as stay_number,
        {{ trim_code('landed."KH"') }} as patient_id,
        -- who
        {{ trim_code('landed."ZYH"') }} as printed_stay_number,
        -- where
        {{ trim_code('landed."RYKSBM"') }} as department_code,
        -- what
        {{ parse_icd('landed."RYZDBM"') }} as admission_diagnosis_code,
        landed."RYZDBM" as admission_diagnosis_code_raw,
        {{ trim_code('landed."RYTJ"') }} as admission_way_code,
        {{ trim_code('landed."XGBZ"') }} as edit_code,
        -- when
        {{ parse_timestamp('landed."RYSJ"') }} as admitted_at,
        {{ parse_timestamp('landed."YWSCSJ"') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed."XGBZ") = '2', false) as is_cancelled,
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
            when {{ is_test_day('admitted_at') }} then 'test_row'
            when admitted_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
