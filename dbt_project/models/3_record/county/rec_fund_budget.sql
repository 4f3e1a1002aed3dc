-- One row per group, kind of insurance and year of the fund's budget.
with

sent as (

    select * from {{ ref('stg_f__fund_budget') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

group_name as (

    select
        group_name,
        min(group_code) as group_code
    from institution
    where group_name is not null
    group by group_name

),

fund_budget as (

    select
        -- keys
        sent.record_key as event_id,
        sent.year,
        -- where
        group_name.group_code,
        sent.group_name,
        -- what
        sent.insurance_type_code,
        -- measures
        sent.insured_count,
        sent.per_person_budget_fen,
        sent.total_budget_fen,
        -- The sum as printed is rounded to a hundred yuan.
        sent.insured_count * sent.per_person_budget_fen as computed_budget_fen,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join group_name
        on sent.group_name = group_name.group_name
    where sent.set_aside_because is null

)

select * from fund_budget
