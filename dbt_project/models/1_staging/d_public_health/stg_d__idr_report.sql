-- One row per report of an infectious disease.
with

landed as (

    {{ current_rows('d19_idr_report') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('d19_idr_report', native_id='landed."reportId"') }},
        {{ trim_code('landed."reportId"') }} as disease_report_id,
        -- who
        {{ clean_text('landed."patientName"') }} as person_name,
        landed."idCard" as id_number,
        sex.standard_code as sex_code,
        landed."sexCode" as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ clean_text('landed."parentName"') }} as parent_name,
        -- what
        {{ parse_icd('landed."diseaseCode"') }} as disease_code,
        landed."diseaseCode" as disease_code_raw,
        {{ clean_text('landed."diseaseName"') }} as disease_name,
        {{ clean_text('landed."diseaseClass"') }} as disease_class_name,
        {{ clean_text('landed."reportUnit"') }} as reporting_unit_name,
        -- when
        {{ parse_timestamp('landed."diagnosisTime"') }} as diagnosed_at,
        {{ parse_timestamp('landed."reportTime"') }} as reported_at,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."sexCode") = sex.source_code
            and sex.code_list = 'D-SEX1'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('reported_at') }}
                then 'test_row'
            when reported_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
