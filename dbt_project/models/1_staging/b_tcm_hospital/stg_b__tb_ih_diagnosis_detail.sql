-- One row per diagnosis of a visit or stay at the TCM hospital.
with

landed as (

    {{ current_rows('b03_tb_ih_diagnosis_detail') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b03_tb_ih_diagnosis_detail',
            native_id='landed."JZLSH"',
            native_part='landed."ZDXH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."JZLSH"') }} as visit_number,
        {{ parse_integer('landed."ZDXH"') }} as diagnosis_rank,
        -- what
        {{ trim_code('landed."MZZYBZ"') }} as care_kind_code,
        {{ trim_code('landed."ZDLX"') }} as diagnosis_kind_code,
        {{ parse_icd('landed."ZDBM"') }} as diagnosis_code,
        landed."ZDBM" as diagnosis_code_raw,
        {{ parse_icd('landed."ZDBM"', place=2) }} as second_diagnosis_code,
        {{ clean_text('landed."ZDMC"') }} as diagnosis_name,
        -- when
        {{ parse_timestamp('landed."YWSCSJ"') }} as modified_at,
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
