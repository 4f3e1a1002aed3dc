-- One row per referral as it stands, refused and cancelled ones included.
with

landed as (

    {{ current_rows('g01_dr_referrals') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'g01_dr_referrals',
            native_id='landed."reserveNo"',
            org_code='landed."fromHospitalCode"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."reserveNo"') }} as referral_number,
        {{ clean_number('landed."mpiId"') }} as health_index_id,
        -- who
        {{ clean_text('landed."patientName"') }} as person_name,
        landed."idCard" as id_number,
        {{ standard_code('sex', 'landed.sex') }} as sex_code,
        landed.sex as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ clean_text('landed.phone') }} as phone,
        {{ clean_text('landed."JZYS"') }} as doctor_name,
        -- where
        {{ trim_code('landed."fromHospitalCode"') }} as from_institution_code,
        {{ trim_code('landed."hospitalCode"') }} as to_institution_code,
        -- what
        {{ trim_code('landed.direction') }} as referral_direction_code,
        {{ trim_code('landed.status') }} as referral_status_code,
        {{ parse_icd('landed."diagnosisCode"') }} as diagnosis_code,
        landed."diagnosisCode" as diagnosis_code_raw,
        {{ clean_text('landed."diagnosisName"') }} as diagnosis_name,
        {{ clean_text('landed."turnReason"') }} as referral_reason,
        {{ clean_text('landed."refuseReason"') }} as refusal_reason,
        -- when
        {{ parse_timestamp('landed."submitTime"') }} as submitted_at,
        {{ parse_timestamp('landed."acceptTime"') }} as accepted_at,
        {{ parse_date('landed."dischargeDate"') }} as discharged_on,
        -- how much and whether
        coalesce({{ trim_code('landed.status') }} = '9', false) as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            upper(btrim(landed.sex)) = sex.source_code
            and sex.code_list = 'SEX-LETTER'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_word('diagnosis_name') }}
                or {{ is_test_day('submitted_at') }}
                then 'test_row'
            when submitted_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
