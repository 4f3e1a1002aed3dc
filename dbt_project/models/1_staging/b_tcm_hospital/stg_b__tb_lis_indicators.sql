-- One row per result of a laboratory report of the TCM hospital.
with

landed as (

    {{ current_rows('b11_tb_lis_indicators') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

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
        {{ trim_code('landed."YCTS"') }} as abnormal_code,
        -- how much and whether
        landed."JYZBJG" as result_text,
        {{ parse_lab_number('landed."JYZBJG"') }} as result_number,
        {{ parse_lab_comparator('landed."JYZBJG"') }} as result_comparator,
        case
            when finding.source_code is not null then finding.standard_code
            when {{ parse_lab_number('landed."JYZBJG"') }} is null
                then {{ clean_text('landed."JYZBJG"') }}
        end as finding_code,
        {{ clean_unit('landed."JLDW"') }} as unit,
        landed."JLDW" as unit_text,
        {{ clean_text('landed."CKZ"') }} as reference_range,
        {{ parse_lab_number("split_part(landed.\"CKZ\", '-', 1)") }} as reference_low,
        {{ parse_lab_number("split_part(landed.\"CKZ\", '-', 2)") }} as reference_high,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as test_item
        on
            btrim(landed."JYZBDM") = test_item.source_code
            and test_item.code_list = 'laboratory item'
    left join code_mapping as finding
        on
            btrim(translate(landed."JYZBJG", '（）＋－', '()+-')) = finding.source_code
            and finding.code_list = 'laboratory finding'

),

marked as (

    select
        *,
        case
            when {{ is_test_word('result_text') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
