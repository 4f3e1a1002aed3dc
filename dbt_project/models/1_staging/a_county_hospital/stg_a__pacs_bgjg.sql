-- One row per imaging or ECG report, the remote readings for other institutions and void
-- reports included.
with

landed as (

    {{ current_rows('a14_pacs_bgjg') }}

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
            'a14_pacs_bgjg',
            native_id='landed."BGDH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."BGDH"') }} as report_number,
        {{ trim_code('landed."YBGDH"') }} as replaced_report_number,
        {{ trim_code('landed."SQID"') }} as request_number,
        -- Given by the applying institution, for a village clinic by its centre.
        {{ trim_code('landed."BRID"') }} as patient_id,
        -- who
        {{ clean_text('landed."BRXM"') }} as person_name,
        landed."SFZH" as id_number,
        sex.standard_code as sex_code,
        landed."XB" as sex_code_raw,
        {{ clean_text('landed."NL"') }} as age_text,
        -- where
        {{ trim_code('landed."SQJG"') }} as applying_org_code,
        {{ clean_text('landed."SQJGMC"') }} as applying_org_name,
        {{ trim_code('landed."BGJG"') }} as reading_org_code,
        -- what
        {{ trim_code('landed."JCLB"') }} as exam_type_code,
        {{ clean_text('landed."JCMC"') }} as exam_name,
        {{ clean_text('landed."YXSJ"') }} as findings,
        {{ clean_text('landed."YXZD"') }} as conclusion,
        {{ clean_text('landed."BGYS"') }} as doctor_name,
        {{ trim_code('landed."BGZT"') }} as report_status_code,
        -- when
        {{ parse_timestamp('landed."JCSJ"') }} as examined_at,
        {{ parse_timestamp('landed."BGSJ"') }} as reported_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        btrim(landed."SQJG") <> btrim(landed."BGJG") as is_remote,
        {{ trim_code('landed."YBGDH"') }} is not null as is_revision,
        coalesce(btrim(landed."BGZT") = '9', false) as is_void,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join code_mapping as sex
        on
            btrim(landed."XB") = sex.source_code
            and sex.code_list = 'SEX-WORD'

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
