-- One row per hypertension record that has not been deleted.
with

landed as (

    {{ current_rows('d03_mdc_hypertensionrecord') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd03_mdc_hypertensionrecord',
            native_id='landed."recordId"',
            native_part='landed."phrId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."recordId"') }} as record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed."riskLevel"') }} as risk_level_code,
        {{ trim_code('landed.status') }} as record_status_code,
        {{ trim_code('landed."cancellationReason"') }} as cancel_reason_code,
        -- when
        {{ parse_date('landed."createDate"') }} as created_on,
        {{ parse_date('landed."diagnosisDate"') }} as diagnosed_on,
        {{ parse_date('landed."cancellationDate"') }} as cancelled_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
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
                or {{ is_test_day('created_on') }}
                then 'test_row'
            when created_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
