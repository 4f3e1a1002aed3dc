-- One row per health examination form.
with

landed as (

    {{ current_rows('d02_hc_healthcheck') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd02_hc_healthcheck',
            native_id='landed."healthCheck"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."healthCheck"') }} as exam_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        {{ clean_text('landed."checkDoctor"') }} as doctor_name,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed."checkWay"') }} as exam_kind_code,
        {{ trim_code('landed.ecg') }} as ecg_result_code,
        {{ trim_code('landed.bultrasonic') }} as ultrasound_result_code,
        {{ trim_code('landed."tcmConstitution"') }} as tcm_constitution_code,
        {{ trim_code('landed."healthGuide"') }} as health_advice_code,
        -- when
        {{ parse_date('landed."checkDate"') }} as examined_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."constriction_L"') }} as systolic_pressure,
        {{ parse_integer('landed."diastolic_L"') }} as diastolic_pressure,
        {{ parse_number('landed.height') }} as height,
        {{ parse_number('landed.weight') }} as weight,
        {{ parse_number('landed.fbs') }} as fasting_glucose,
        {{ parse_number('landed.fbs2') }} as fasting_glucose_mg_dl,
        {{ parse_number('landed.hgb') }} as haemoglobin,
        {{ parse_number('landed.wbc') }} as white_cells,
        {{ parse_number('landed.platelet') }} as platelets,
        {{ parse_number('landed.alt') }} as alanine_aminotransferase,
        {{ parse_number('landed.cr') }} as creatinine,
        {{ parse_number('landed.bun') }} as urea,
        {{ parse_number('landed.tc') }} as total_cholesterol,
        {{ parse_number('landed.tg') }} as triglycerides,
        {{ parse_number('landed.ldl') }} as ldl_cholesterol,
        {{ parse_number('landed.hdl') }} as hdl_cholesterol,
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
                or {{ is_test_day('examined_on') }}
                then 'test_row'
            when examined_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
