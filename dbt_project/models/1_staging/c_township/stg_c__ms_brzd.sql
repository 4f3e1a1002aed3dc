-- One row per out-patient diagnosis of a township centre or village clinic.
with

landed as (

    {{ current_rows('c03_ms_brzd') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c03_ms_brzd', native_id='landed.jlbh', org_code='landed.jgid') }},
        {{ trim_code('landed.jlbh') }} as diagnosis_number,
        {{ trim_code('landed.jzxh') }} as visit_number,
        -- what
        {{ clean_text('landed.zdmc') }} as diagnosis_name,
        {{ parse_icd('landed.icd10') }} as diagnosis_code,
        landed.icd10 as diagnosis_code_raw,
        {{ parse_icd('landed.icd10', place=2) }} as second_diagnosis_code,
        -- when
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        {{ parse_integer('landed.deep') }} as diagnosis_rank,
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
            when {{ is_test_word('diagnosis_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
