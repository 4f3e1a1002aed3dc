-- One row per test of a laboratory sample of the county hospital.
with

landed as (

    {{ current_rows('a13_l_testresult') }}

),

sample as (

    select * from {{ ref('stg_a__l_patientinfo') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

laboratory_unit as (

    select * from {{ ref('laboratory_unit') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a13_l_testresult',
            native_id='landed."SAMPLENO"',
            native_part='landed."TESTID"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."SAMPLENO"') }} as sample_number,
        -- what
        {{ trim_code('landed."TESTID"') }} as test_item_code,
        {{ clean_text('landed."CHINESENAME"') }} as test_item_name,
        {{ trim_code('landed."TESTRESULT"') }} as result_text,
        {{ parse_lab_comparator('landed."TESTRESULT"') }} as result_comparator,
        case
            when {{ parse_lab_number('landed."TESTRESULT"') }} is null
                then coalesce(finding.standard_code, {{ trim_code('landed."TESTRESULT"') }})
        end as finding_code,
        coalesce(hint.standard_code, {{ trim_code('landed."HINT"') }}) as abnormal_code,
        {{ clean_unit('landed."UNIT"') }} as unit,
        {{ trim_code('landed."UNIT"') }} as unit_text,
        {{ trim_code('landed."REFLO"') }} as reference_low_text,
        {{ trim_code('landed."REFHI"') }} as reference_high_text,
        -- when
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_lab_number('landed."TESTRESULT"') }} as result_number,
        -- The reference range is one in the usual unit, whatever unit the result has.
        coalesce(
            round(
                {{ parse_lab_number('landed."TESTRESULT"') }}
                * laboratory_unit.multiply_by / laboratory_unit.divide_by,
                4
            ),
            {{ parse_lab_number('landed."TESTRESULT"') }}
        ) as standard_number,
        coalesce(laboratory_unit.standard_unit, {{ clean_unit('landed."UNIT"') }})
            as standard_unit,
        {{ parse_lab_number('landed."REFLO"') }} as reference_low,
        {{ parse_lab_number('landed."REFHI"') }} as reference_high,
        sample.is_withdrawn,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join sample
        on btrim(landed."SAMPLENO") = sample.sample_number
    left join code_mapping as finding
        on
            {{ fold_finding('landed."TESTRESULT"') }} = finding.source_code
            and finding.code_list = 'laboratory finding'
    left join code_mapping as hint
        on
            btrim(landed."HINT") = hint.source_code
            and hint.code_list = 'laboratory hint'
    left join laboratory_unit
        on
            btrim(landed."TESTID") = laboratory_unit.test_item_code
            and {{ clean_unit('landed."UNIT"') }} = laboratory_unit.unit

),

marked as (

    select
        *,
        case
            when {{ is_test_word('test_item_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
