-- One row per member of staff on the roster of the newest month, those who left included.
with

landed as (

    {{ current_rows('h02_staff_roster') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('h02_staff_roster', native_id='landed."身份证号"') }},
        {{ trim_code('landed."工号"') }} as staff_number,
        {{ parse_integer('landed."序号"') }} as serial_number,
        -- who
        {{ clean_text('landed."姓名"') }} as staff_name,
        landed."身份证号" as staff_id_number,
        {{ standard_code('sex', 'landed."性别"') }} as sex_code,
        landed."性别" as sex_code_raw,
        -- where
        {{ clean_text('landed."单位"') }} as institution_name,
        -- what
        {{ clean_text('landed."人员类别"') }} as staff_category,
        {{ clean_text('landed."专业技术职务"') }} as professional_title,
        {{ clean_text('landed."编制情况"') }} as establishment_status,
        -- when
        {{ parse_date("landed._period || '01'") }} as roster_month_on,
        {{ parse_date('landed."入职日期"') }} as joined_on,
        {{ parse_date('landed."离职日期"') }} as left_on,
        landed."离职日期" as left_on_text,
        -- how much and whether
        {{ parse_yes_no('landed."全科医生"') }} as is_general_practitioner,
        {{ parse_yes_no('landed."公卫医师"') }} as is_public_health_physician,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."性别") = sex.source_code
            and sex.code_list = 'SEX-WORD'

),

marked as (

    select
        *,
        case
            when {{ is_test_name('staff_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
