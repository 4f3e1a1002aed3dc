-- One row per out-patient diagnosis of the county hospital.
with

landed as (

    {{ current_rows('a03_ms_brzd') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a03_ms_brzd',
            native_id='landed."JLBH"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."JLBH"') }} as diagnosis_number,
        {{ trim_code('landed."JZXH"') }} as visit_number,
        {{ trim_code('landed."BRID"') }} as patient_id,
        -- what
        {{ trim_code('landed."ZDLB"') }} as diagnosis_kind_code,
        {{ clean_text('landed."ZDMC"') }} as diagnosis_name,
        {{ parse_icd('landed."ICD10"') }} as diagnosis_code,
        landed."ICD10" as diagnosis_code_raw,
        {{ parse_icd('landed."ICD10"', place=2) }} as second_diagnosis_code,
        {{ trim_code('landed."ZDYS"') }} as doctor_code,
        -- when
        {{ parse_timestamp('landed."ZDSJ"') }} as diagnosed_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_integer('landed."DEEP"') }} as diagnosis_rank,
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
                {{ is_test_word('diagnosis_name') }}
                or {{ is_test_day('diagnosed_at') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
