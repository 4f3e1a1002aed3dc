-- One row per insurance settlement, reversals and invalid rows included.
with

landed as (

    {{ current_rows('f02_setl_d') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'f02_setl_d',
            native_id='landed."SETL_ID"',
            org_code='landed."FIXMEDINS_CODE"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."SETL_ID"') }} as settlement_id,
        {{ trim_code('landed."MDTRT_ID"') }} as treatment_id,
        {{ clean_number('landed."PSN_NO"') }} as insurance_number,
        -- who
        {{ clean_text('landed."PSN_NAME"') }} as person_name,
        id_type.standard_code as id_type_code,
        landed."PSN_CERT_TYPE" as id_type_code_raw,
        landed."CERTNO" as id_number,
        sex.standard_code as sex_code,
        landed."GEND" as sex_code_raw,
        {{ parse_date('landed."BRDY"') }} as born_on,
        -- where
        {{ trim_code('landed."INSU_ADMDVS"') }} as insured_division_code,
        {{ trim_code('landed."FIX_BLNG_ADMDVS"') }} as org_division_code,
        -- what
        {{ trim_code('landed."INIT_SETL_ID"') }} as reversed_settlement_id,
        {{ clean_text('landed."AGE"') }} as age_text,
        {{ trim_code('landed."INSUTYPE"') }} as insurance_type_code,
        {{ clean_text('landed."FIXMEDINS_NAME"') }} as institution_name,
        {{ trim_code('landed."HOSP_LV"') }} as institution_level_code,
        {{ trim_code('landed."PAY_LOC"') }} as payment_place_code,
        {{ trim_code('landed."MED_TYPE"') }} as medical_category_code,
        {{ trim_code('landed."CLR_TYPE"') }} as clearing_type_code,
        {{ trim_code('landed."MDTRT_CERT_TYPE"') }} as voucher_code,
        {{ parse_icd('landed."DISE_NO"') }} as diagnosis_code,
        landed."DISE_NO" as diagnosis_code_raw,
        {{ clean_text('landed."DISE_NAME"') }} as diagnosis_name,
        -- when
        {{ parse_date('landed."BEGNDATE"') }} as started_on,
        {{ parse_date('landed."ENDDATE"') }} as ended_on,
        {{ parse_timestamp('landed."SETL_TIME"') }} as settled_at,
        {{ parse_timestamp('landed."UPDT_TIME"') }} as modified_at,
        -- how much and whether
        {{ parse_fen('landed."MEDFEE_SUMAMT"') }} as total_fee_fen,
        {{ parse_fen('landed."FULAMT_OWNPAY_AMT"') }} as uncovered_fee_fen,
        {{ parse_fen('landed."OVERLMT_SELFPAY"') }} as over_limit_fee_fen,
        {{ parse_fen('landed."PRESELFPAY_AMT"') }} as advance_self_paid_fee_fen,
        {{ parse_fen('landed."INSCP_AMT"') }} as policy_scope_fee_fen,
        {{ parse_fen('landed."HIFP_PAY"') }} as pooled_fund_fee_fen,
        {{ parse_fen('landed."HIFMI_PAY"') }} as major_illness_fee_fen,
        {{ parse_fen('landed."MAF_PAY"') }} as medical_aid_fee_fen,
        {{ parse_fen('landed."FUND_PAY_SUMAMT"') }} as all_funds_fee_fen,
        {{ parse_fen('landed."PSN_PAY"') }} as self_paid_fee_fen,
        {{ parse_fen('landed."ACCT_PAY"') }} as account_paid_fee_fen,
        {{ parse_fen('landed."CASH_PAYAMT"') }} as cash_paid_fee_fen,
        {{ parse_yes_no('landed."REFD_SETL_FLAG"') }} as is_reversal,
        {{ parse_yes_no('landed."VALI_FLAG"') }} as is_valid,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as id_type
        on
            btrim(landed."PSN_CERT_TYPE") = id_type.source_code
            and id_type.code_list = 'D-F-CERT'
    left join code_mapping as sex
        on
            btrim(landed."GEND") = sex.source_code
            and sex.code_list = 'D-SEX1'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('settled_at') }}
                then 'test_row'
            when is_valid is not true then 'invalid_flag'
            when settled_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
