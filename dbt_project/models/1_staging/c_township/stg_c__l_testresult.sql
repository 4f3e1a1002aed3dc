-- One row per result of a sample that a township centre tested.
with

landed as (

    {{ current_rows('c11_l_testresult') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

laboratory_unit as (

    select * from {{ ref('laboratory_unit') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'c11_l_testresult',
            native_id='landed.sampleno',
            native_part='landed.testid',
            org_code='landed.jgid',
        ) }},
        {{ trim_code('landed.sampleno') }} as sample_number,
        {{ standard_code('test_item', 'landed.testid') }} as test_item_code,
        landed.testid as test_item_code_raw,
        -- what
        {{ clean_text('landed.chinesename') }} as test_item_name,
        -- when
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        landed.testresult as result_text,
        {{ parse_lab_number('landed.testresult') }} as result_number,
        {{ parse_lab_comparator('landed.testresult') }} as result_comparator,
        case
            when {{ parse_lab_number('landed.testresult') }} is null
                then {{ standard_code('finding', 'landed.testresult') }}
        end as finding_code,
        {{ clean_unit('landed.unit') }} as unit,
        landed.unit as unit_text,
        -- In the usual unit of the test, whatever unit the result has.
        coalesce(
            round(
                {{ parse_lab_number('landed.testresult') }}
                * laboratory_unit.multiply_by / laboratory_unit.divide_by,
                4
            ),
            {{ parse_lab_number('landed.testresult') }}
        ) as standard_number,
        coalesce(laboratory_unit.standard_unit, {{ clean_unit('landed.unit') }})
            as standard_unit,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as test_item
        on
            btrim(landed.testid) = test_item.source_code
            and test_item.code_list = 'laboratory item'
    left join code_mapping as finding
        on
            {{ fold_finding('landed.testresult') }} = finding.source_code
            and finding.code_list = 'laboratory finding'
    left join laboratory_unit
        on
            {{ standard_code('test_item', 'landed.testid') }}
            = laboratory_unit.test_item_code
            and {{ clean_unit('landed.unit') }} = laboratory_unit.unit

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
