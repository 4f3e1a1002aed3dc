-- One row per imaging or ECG report of the TCM hospital, void and remote ones included.
with

landed as (

    {{ current_rows('b12_tb_ris_report') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b12_tb_ris_report',
            native_id='landed."BGDH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."BGDH"') }} as report_number,
        {{ trim_code('landed."HZBH"') }} as patient_id,
        -- who
        {{ clean_text('landed."HZXM"') }} as person_name,
        landed."ZJHM" as id_number,
        {{ standard_code('sex', 'landed."XB"') }} as sex_code,
        landed."XB" as sex_code_raw,
        -- where
        {{ trim_code('landed."SQJGDM"') }} as applying_org_code,
        -- what
        {{ trim_code('landed."YBGDH"') }} as replaced_report_number,
        {{ standard_code('exam_type', 'landed."JCLX"') }} as exam_type_code,
        landed."JCLX" as exam_type_code_raw,
        {{ clean_text('landed."JCMC"') }} as exam_name,
        {{ clean_text('landed."YXBX"') }} as findings,
        {{ clean_text('landed."YXZD"') }} as conclusion,
        {{ clean_text('landed."BGYS"') }} as doctor_name,
        {{ trim_code('landed."BGZT"') }} as report_status_code,
        -- when
        {{ parse_timestamp('landed."JCSJ"') }} as examined_at,
        {{ parse_timestamp('landed."BGSJ"') }} as reported_at,
        -- how much and whether
        coalesce(btrim(landed."BGZT") = '2', false) as is_final,
        coalesce(btrim(landed."BGZT") = '9', false) as is_void,
        coalesce(btrim(landed."YBGDH") <> '', false) as is_revision,
        coalesce(btrim(landed."SQJGDM") <> btrim(landed."YLJGDM"), false) as is_remote,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."XB") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as exam_type
        on
            btrim(landed."JCLX") = exam_type.source_code
            and exam_type.code_list = 'examination type'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('examined_at') }}
                then 'test_row'
            when examined_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
