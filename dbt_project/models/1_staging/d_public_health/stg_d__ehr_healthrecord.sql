-- One row per health archive that has not been deleted.
with

landed as (

    {{ current_rows('d01_ehr_healthrecord') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd01_ehr_healthrecord',
            native_id='landed."phrId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        sex.standard_code as sex_code,
        landed."sexCode" as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ trim_code('landed."nationCode"') }} as ethnicity_code,
        {{ clean_text('landed."phoneNumber"') }} as phone,
        {{ clean_text('landed.address') }} as address,
        marital.standard_code as marital_code,
        landed."maritalStatusCode" as marital_code_raw,
        rh.standard_code as rh_code,
        landed."rhBloodCode" as rh_code_raw,
        {{ clean_number('landed."familyId"') }} as household_id,
        {{ clean_text('landed."manaDoctorId"') }} as doctor_name,
        -- where
        {{ trim_code('landed."regionCode"') }} as region_code,
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed."educationCode"') }} as education_code,
        {{ trim_code('landed."bloodTypeCode"') }} as blood_type_code,
        {{ trim_code('landed."payMode"') }} as payment_method_code,
        {{ trim_code('landed."pastHistory"') }} as past_history_codes,
        {{ trim_code('landed.status') }} as record_status_code,
        {{ trim_code('landed."cancellationReason"') }} as cancel_reason_code,
        -- when
        {{ parse_date('landed."deadDate"') }} as dead_on,
        {{ parse_date('landed."cancellationDate"') }} as cancelled_on,
        {{ parse_date('landed."createDate"') }} as created_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_yes_no('landed."isHypertension"') }} as has_hypertension,
        {{ parse_yes_no('landed."isDiabetes"') }} as has_diabetes,
        {{ parse_yes_no('landed."isDisabled"') }} as is_disabled,
        {{ parse_yes_no('landed."isPoverty"') }} as is_former_poor_household,
        {{ parse_yes_no('landed."masterFlag"') }} as is_householder,
        {{ parse_yes_no('landed."deadFlag"') }} as is_marked_dead,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."sexCode") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as marital
        on
            btrim(landed."maritalStatusCode") = marital.source_code
            and marital.code_list = 'D-MARR-A'
    left join code_mapping as rh
        on
            btrim(landed."rhBloodCode") = rh.source_code
            and rh.code_list = 'D-RH-D'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('born_on') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
