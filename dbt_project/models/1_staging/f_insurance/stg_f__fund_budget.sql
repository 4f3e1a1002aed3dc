-- One row per group, kind of insurance and year of the fund's budget.
with

landed as (

    {{ current_rows('f04_fund_budget') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'f04_fund_budget',
            native_id='landed."集团"',
            native_part="landed.\"险种\" || '+' || landed.\"年度\"",
        ) }},
        {{ parse_integer('landed."年度"') }} as year,
        -- what
        {{ clean_text('landed."集团"') }} as group_name,
        {{ standard_code('insurance_type', 'landed."险种"') }} as insurance_type_code,
        landed."险种" as insurance_type_code_raw,
        {{ clean_text('landed."备注"') }} as remark,
        -- how much and whether
        {{ parse_integer('landed."参保人数"') }} as insured_count,
        {{ parse_fen('landed."人均预算标准(元)"') }} as per_person_budget_fen,
        {{ parse_amount('landed."预算总额(万元)"', 1000000) }} as total_budget_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as insurance_type
        on
            btrim(landed."险种") = insurance_type.source_code
            and insurance_type.code_list = 'INSUTYPE-WORD'

),

marked as (

    select
        *,
        case
            when
                year is null
                or insured_count is null
                or per_person_budget_fen is null
                -- What a bigint cannot hold was typed into the wrong cell.
                or abs(insured_count::numeric * per_person_budget_fen) >= 1e18
                then 'unreadable_figure'
        end as set_aside_because
    from parsed

)

select * from marked
