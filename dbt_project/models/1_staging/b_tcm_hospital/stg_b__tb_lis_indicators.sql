-- One row per result of a laboratory report of the TCM hospital.
{%- set range = '^ *([0-9.]+) *[-~～–—] *([0-9.]+) *$' %}
with

landed as (

    {{ current_rows('b11_tb_lis_indicators') }}

),

report as (

    select * from {{ ref('stg_b__tb_lis_report') }}

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
            'b11_tb_lis_indicators',
            native_id='landed."BGDH"',
            native_part='landed."JYZBDM"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."BGDH"') }} as report_number,
        {{ standard_code('test_item', 'landed."JYZBDM"') }} as test_item_code,
        landed."JYZBDM" as test_item_code_raw,
        -- what
        {{ clean_text('landed."JYZBMC"') }} as test_item_name,
        {{ standard_code('hint', 'landed."YCTS"') }} as abnormal_code,
        landed."YCTS" as abnormal_code_raw,
        -- how much and whether
        landed."JYZBJG" as result_text,
        {{ parse_lab_number('landed."JYZBJG"') }} as result_number,
        {{ parse_lab_comparator('landed."JYZBJG"') }} as result_comparator,
        case
            when {{ parse_lab_number('landed."JYZBJG"') }} is null
                then {{ standard_code('finding', 'landed."JYZBJG"') }}
        end as finding_code,
        {{ clean_unit('landed."JLDW"') }} as unit,
        landed."JLDW" as unit_text,
        {{ clean_text('landed."CKZ"') }} as reference_range,
        {{ parse_number("(regexp_match(landed.\"CKZ\", '" ~ range ~ "'))[1]") }}
            as reference_low,
        {{ parse_number("(regexp_match(landed.\"CKZ\", '" ~ range ~ "'))[2]") }}
            as reference_high,
        -- Comparable with the reference range, whatever unit the result has.
        coalesce(
            round(
                {{ parse_lab_number('landed."JYZBJG"') }}
                * laboratory_unit.multiply_by / laboratory_unit.divide_by,
                4
            ),
            {{ parse_lab_number('landed."JYZBJG"') }}
        ) as standard_number,
        coalesce(laboratory_unit.standard_unit, {{ clean_unit('landed."JLDW"') }})
            as standard_unit,
        report.is_withdrawn,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join report
        on
            btrim(landed."YLJGDM") = report.org_code
            and btrim(landed."BGDH") = report.report_number
    left join code_mapping as test_item
        on
            btrim(landed."JYZBDM") = test_item.source_code
            and test_item.code_list = 'laboratory item'
    left join code_mapping as finding
        on
            {{ fold_finding('landed."JYZBJG"') }} = finding.source_code
            and finding.code_list = 'laboratory finding'
    left join code_mapping as hint
        on
            btrim(landed."YCTS") = hint.source_code
            and hint.code_list = 'YCTS'
    left join laboratory_unit
        on
            {{ standard_code('test_item', 'landed."JYZBDM"') }}
            = laboratory_unit.test_item_code
            and {{ clean_unit('landed."JLDW"') }} = laboratory_unit.unit

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
