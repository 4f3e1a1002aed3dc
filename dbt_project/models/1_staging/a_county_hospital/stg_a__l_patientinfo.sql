-- One row per laboratory sample of the county hospital, withdrawn ones included.
with

landed as (

    {{ current_rows('a12_l_patientinfo') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a12_l_patientinfo',
            native_id='landed."SAMPLENO"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."SAMPLENO"') }} as sample_number,
        {{ trim_code('landed."PATIENTID"') }} as patient_id,
        -- One column holds two numbers, told apart by the kind of patient.
        case when btrim(landed."BRLX") = '1' then {{ trim_code('landed."BRH"') }} end
            as visit_number,
        case when btrim(landed."BRLX") = '2' then {{ trim_code('landed."BRH"') }} end
            as printed_stay_number,
        -- who
        {{ clean_text('landed."BRXM"') }} as person_name,
        sex.standard_code as sex_code,
        landed."SEX" as sex_code_raw,
        {{ clean_text('landed."AGE"') }} as age_text,
        -- where
        {{ trim_code('landed."HRJG"') }} as recognised_org_code,
        -- what
        {{ trim_code('landed."BRLX"') }} as patient_kind_code,
        {{ trim_code('landed."EXAMINAIM"') }} as panel_code,
        {{ trim_code('landed."HRBZ"') }} as recognition_code,
        {{ trim_code('landed."HRYY"') }} as not_recognised_reason_code,
        {{ trim_code('landed."STATUS"') }} as report_status_code,
        -- when
        {{ parse_timestamp('landed."REQUESTTIME"') }} as requested_at,
        {{ parse_timestamp('landed."CHECKTIME"') }} as checked_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_yes_no('landed."JZBZ"') }} as is_emergency,
        coalesce(btrim(landed."STATUS") = '9', false) as is_withdrawn,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join code_mapping as sex
        on
            btrim(landed."SEX") = sex.source_code
            and sex.code_list = 'SEX-WORD'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('requested_at') }}
                then 'test_row'
            when requested_at is null and checked_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
