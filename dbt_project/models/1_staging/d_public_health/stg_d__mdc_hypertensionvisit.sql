-- One row per hypertension follow-up.
with

landed as (

    {{ current_rows('d04_mdc_hypertensionvisit') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd04_mdc_hypertensionvisit',
            native_id='landed."visitId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."visitId"') }} as follow_up_id,
        {{ trim_code('landed."recordId"') }} as record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        {{ clean_text('landed."visitDoctor"') }} as doctor_name,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed."visitWay"') }} as follow_up_way_code,
        {{ trim_code('landed."visitEffect"') }} as follow_up_result_code,
        {{ trim_code('landed.medicine') }} as medication_adherence_code,
        {{ trim_code('landed."visitEvaluate"') }} as follow_up_class_code,
        -- when
        {{ parse_date('landed."visitDate"') }} as followed_up_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        landed.constriction as systolic_pressure,
        landed.diastolic as diastolic_pressure,
        {{ parse_integer('landed."heartRate"') }} as heart_rate,
        {{ parse_yes_no('landed."lateInput"') }} as is_late_entry,
        {{ parse_systolic('landed.constriction') }} as systolic_mmhg,
        {{ parse_diastolic('landed.constriction', 'landed.diastolic') }} as diastolic_mmhg,
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
                or {{ is_test_day('followed_up_on') }}
                then 'test_row'
            when followed_up_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
