-- One row per case and value that counts it: the same expansion over grains and months as
-- the values went through, with the file and line of every case.
create temporary table new_case on commit drop as
with

registered_grain as (

    select
        registry.indicator_code,
        registry.is_monthly,
        grain.grain
    from staging.indicator_registry as registry
    cross join lateral string_to_table(registry.grains, ';') as grain (grain)

),

placed_case as (

    select
        indicator_case.*,
        registered_grain.is_monthly,
        registered_grain.grain,
        case registered_grain.grain
            when 'county' then county.division_code::text
            when 'group' then indicator_case.group_code
            when 'institution' then indicator_case.institution_code
            when 'township' then indicator_case.township_code
        end as org_code
    from indicators.indicator_case
    inner join registered_grain
        on indicator_case.indicator_code = registered_grain.indicator_code
    cross join staging.county

),

dated_case as (

    select
        placed_case.*,
        dated.period as value_period
    from placed_case
    cross join lateral (
        values (placed_case.period), (case when placed_case.is_monthly then placed_case.month end)
    ) as dated (period)
    where
        placed_case.org_code is not null
        and dated.period is not null

)

select
    dated_case.indicator_code,
    dated_case.value_period as period,
    dated_case.grain,
    dated_case.org_code::text as org_code,
    dated_case.case_kind,
    dated_case.case_id,
    dated_case.person_id,
    dated_case.numerator,
    dated_case.denominator,
    dated_case.event_id,
    file_ledger.system::text as source_system,
    file_ledger.table_name as source_table,
    file_ledger.file_name,
    file_ledger.member_name,
    dated_case._line_number as line_number,
    file_ledger.delivery_date
from dated_case
left join audit.file_ledger
    on dated_case._file_id = file_ledger.file_id;

-- One row per value, with the name of its organisation.
create temporary table new_value on commit drop as
with

named_org as (

    select
        'county' as grain,
        county.division_code::text as org_code,
        county.name_zh as org_name
    from staging.county

    union all

    select
        'group' as grain,
        institution.group_code as org_code,
        min(institution.group_name) as org_name
    from record.institution
    where institution.group_code is not null
    group by institution.group_code

    union all

    select
        'institution' as grain,
        institution.institution_code as org_code,
        institution.institution_name as org_name
    from record.institution

    union all

    select
        'township' as grain,
        township.town_code as org_code,
        township.town_name as org_name
    from record.township

)

select
    indicator_value.indicator_code,
    indicator_value.period,
    indicator_value.grain,
    indicator_value.org_code::text as org_code,
    named_org.org_name,
    indicator_value.numerator,
    indicator_value.denominator,
    indicator_value.value,
    indicator_value.status,
    indicator_value.target_value,
    indicator_value.target_met
from indicators.indicator_value
left join named_org
    on
        indicator_value.grain = named_org.grain
        and indicator_value.org_code::text = named_org.org_code;

-- One row per indicator.
create temporary table new_indicator on commit drop as
select
    indicator_code,
    name_zh,
    name_en,
    definition_zh,
    definition_en,
    unit,
    direction,
    grains,
    is_monthly,
    owner,
    source,
    factor
from staging.indicator_registry;

analyze new_case;
analyze new_value;
