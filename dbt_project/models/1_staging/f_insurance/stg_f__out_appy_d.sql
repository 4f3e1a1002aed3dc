-- One row per filing for care outside the county, withdrawn ones included.
with

landed as (

    {{ current_rows('f03_out_appy_d') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('f03_out_appy_d', native_id='landed."TRT_DCLA_DETL_SN"') }},
        {{ trim_code('landed."TRT_DCLA_DETL_SN"') }} as filing_number,
        {{ clean_number('landed."PSN_NO"') }} as insurance_number,
        -- who
        {{ clean_text('landed."PSN_NAME"') }} as person_name,
        landed."CERTNO" as id_number,
        -- where
        {{ trim_code('landed."INSU_ADMDVS"') }} as insured_division_code,
        {{ trim_code('landed."RLOC_ADMDVS"') }} as to_division_code,
        {{ trim_code('landed."RLOC_FIXMEDINS"') }} as to_org_code,
        -- what
        {{ trim_code('landed."RLOC_REA"') }} as filing_reason_code,
        {{ parse_icd('landed."DIAG_CODE"') }} as diagnosis_code,
        landed."DIAG_CODE" as diagnosis_code_raw,
        -- when
        {{ parse_date('landed."BEGNDATE"') }} as started_on,
        {{ parse_date('landed."ENDDATE"') }} as ended_on,
        {{ parse_timestamp('landed."UPDT_TIME"') }} as modified_at,
        -- how much and whether
        {{ parse_yes_no('landed."VALI_FLAG"') }} as is_valid,
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
                {{ is_test_name('person_name') }}
                or {{ is_test_day('started_on') }}
                then 'test_row'
            when is_valid is not true then 'invalid_flag'
            when started_on is null or ended_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
