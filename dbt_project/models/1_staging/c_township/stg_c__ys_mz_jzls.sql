-- One row per out-patient visit to a township centre or village clinic.
with

landed as (

    {{ current_rows('c02_ys_mz_jzls') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'c02_ys_mz_jzls',
            native_id='landed.jzxh',
            org_code='landed.jgid',
        ) }},
        {{ trim_code('landed.jzxh') }} as visit_number,
        {{ trim_code('landed.brid') }} as patient_id,
        -- where
        {{ trim_code('landed.zjgid') }} as patient_org_code,
        {{ trim_code('landed.ksdm') }} as department_code,
        -- what
        {{ trim_code('landed.ysdm') }} as doctor_code,
        {{ trim_code('landed.mzlb') }} as visit_type_code,
        {{ clean_text('landed.zyzd') }} as main_diagnosis_text,
        {{ clean_text('landed.zsxx') }} as chief_complaint,
        {{ trim_code('landed.jzzt') }} as visit_status_code,
        {{ clean_number('landed.zzdh') }} as referral_number,
        -- when
        {{ parse_timestamp('landed.kssj') }} as started_at,
        {{ parse_timestamp('landed.xgsj') }} as workplace_modified_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        landed.ssy as systolic_pressure,
        landed.szy as diastolic_pressure,
        {{ parse_systolic('landed.ssy') }} as systolic_mmhg,
        {{ parse_diastolic('landed.ssy', 'landed.szy') }} as diastolic_mmhg,
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
                {{ is_test_word('main_diagnosis_text') }}
                or {{ is_test_day('started_at') }}
                then 'test_row'
            when started_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
