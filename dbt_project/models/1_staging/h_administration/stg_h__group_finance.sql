-- One row per institution, month and span (the month alone, or the year up to it), in fen.
-- sqlfluff:indentation:template_blocks_indent:false
{% set amounts = [
    ('医疗收入/挂号收入', 'registration_income'),
    ('医疗收入/诊察收入', 'consultation_income'),
    ('医疗收入/床位收入', 'bed_income'),
    ('医疗收入/检查收入', 'examination_income'),
    ('医疗收入/化验收入', 'laboratory_income'),
    ('医疗收入/治疗收入', 'treatment_income'),
    ('医疗收入/手术收入', 'surgery_income'),
    ('医疗收入/护理收入', 'nursing_income'),
    ('医疗收入/西药收入', 'western_medicine_income'),
    ('医疗收入/中成药收入', 'proprietary_medicine_income'),
    ('医疗收入/中药饮片收入', 'herb_income'),
    ('医疗收入/卫生材料收入', 'consumables_income'),
    ('医疗收入/其他医疗收入', 'other_medical_income'),
    ('医疗收入/小计', 'medical_income'),
    ('财政补助收入', 'subsidy_income'),
    ('科教收入', 'science_education_income'),
    ('其他收入', 'other_income'),
    ('收入合计', 'total_income'),
    ('支出/工资福利支出', 'wage_expense'),
    ('支出/对个人和家庭补助', 'family_support_expense'),
    ('支出/人员经费小计', 'staff_expense'),
    ('支出/药品费', 'medicine_expense'),
    ('支出/卫生材料费', 'consumables_expense'),
    ('支出/固定资产折旧', 'depreciation_expense'),
    ('支出/其他费用', 'other_expense'),
    ('支出/支出合计', 'total_expense'),
] %}
with

landed as (

    {{ current_rows('h05_group_finance') }}

),

-- Each sheet says its unit below the title; an amount without one is not known.
measured as (

    select
        *,
        case {{ trim_code('"单位"') }}
            when '元' then 100
            when '万元' then 1000000
        end as _fen_per_unit
    from landed

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'h05_group_finance',
            native_id='measured."机构"',
            native_part="measured._period || '+' || measured.\"口径\"",
            landed='measured',
        ) }},
        {{ parse_date("measured._period || '01'") }} as month_begins_on,
        -- what
        {{ clean_text('measured."集团"') }} as group_name,
        {{ clean_text('measured."机构"') }} as institution_name,
        {{ trim_code('measured."口径"') }} as reporting_span,
        {{ trim_code('measured."单位"') }} as amount_unit,
        -- how much and whether
        case {{ trim_code('measured."口径"') }}
            when '本月数' then false
            when '本年累计' then true
        end as is_year_to_date,
        {% for cell, name in amounts %}
        {{ parse_amount('measured."' ~ cell ~ '"', 'measured._fen_per_unit') }}
            as {{ name }}_fen,
        {% endfor %}
        {{ parse_integer('measured."月末在岗职工人数"') }} as staff_count,
        -- where it comes from
        measured._first_delivery_on,
        measured._file_id,
        measured._line_number
    from measured

),

marked as (

    select
        *,
        case
            when institution_name ~ '(小计|合计)$' then 'total_row'
            when {{ is_test_word('institution_name') }} then 'test_row'
            when
                month_begins_on is null
                or is_year_to_date is null
                or medical_income_fen is null
                or total_expense_fen is null
                then 'unreadable_figure'
        end as set_aside_because
    from parsed

)

select * from marked
