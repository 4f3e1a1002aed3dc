-- One row per out-patient visit to the county hospital.
with

landed as (

    {{ current_rows('a02_ys_mz_jzls') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a02_ys_mz_jzls',
            native_id='landed."JZXH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."JZXH"') }} as visit_number,
        {{ trim_code('landed."BRBH"') }} as patient_id,
        -- where
        {{ trim_code('landed."KSDM"') }} as department_code,
        -- what
        {{ trim_code('landed."GHXH"') }} as registration_number,
        {{ trim_code('landed."YSDM"') }} as doctor_code,
        {{ trim_code('landed."MZLB"') }} as visit_type_code,
        {{ clean_text('landed."ZYZD"') }} as main_diagnosis_text,
        {{ clean_text('landed."ZSXX"') }} as chief_complaint,
        {{ trim_code('landed."JZZT"') }} as visit_status_code,
        {{ clean_number('landed."ZZDH"') }} as referral_number,
        -- when
        {{ parse_timestamp('landed."KSSJ"') }} as started_at,
        {{ parse_timestamp('landed."JSSJ"') }} as ended_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'

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
