-- One row per out-patient visit to the TCM hospital.
with

landed as (

    {{ current_rows('b02_tb_yl_mz_medical_record') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b02_tb_yl_mz_medical_record',
            native_id='landed."JZLSH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."JZLSH"') }} as visit_number,
        {{ trim_code('landed."KH"') }} as patient_id,
        {{ trim_code('landed."KLX"') }} as card_type_code,
        -- where
        {{ trim_code('landed."JZKSBM"') }} as department_code,
        -- what
        {{ trim_code('landed."JZLX"') }} as visit_type_code,
        {{ clean_text('landed."JZKSMC"') }} as department_name,
        {{ trim_code('landed."ZZYSGH"') }} as doctor_code,
        {{ clean_text('landed."ZS"') }} as chief_complaint,
        {{ parse_icd('landed."ZDBM"') }} as main_diagnosis_code,
        landed."ZDBM" as main_diagnosis_code_raw,
        {{ clean_text('landed."ZDMC"') }} as main_diagnosis_name,
        {{ clean_number('landed."ZZDH"') }} as referral_number,
        {{ trim_code('landed."XGBZ"') }} as edit_code,
        -- when
        {{ parse_timestamp('landed."JZKSRQ"') }} as started_at,
        {{ parse_timestamp('landed."YWSCSJ"') }} as modified_at,
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
            when
                {{ is_test_word('main_diagnosis_name') }}
                or {{ is_test_day('started_at') }}
                then 'test_row'
            when started_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
