-- One row per indicator, period, grain and organisation: the sums of the case lists.
with

indicator_case as (

    select * from {{ ref('indicator_case') }}

),

registry as (

    select * from {{ ref('indicator_registry') }}

),

target as (

    select * from {{ ref('indicator_target') }}

),

county as (

    select * from {{ ref('county') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}
    where state in ('landed', 'replaced', 'duplicate')

),

-- What no system has ever told of is not zero.
without_source as (

    select distinct registry.indicator_code
    from registry
    inner join lateral string_to_table(registry.needs, ';') as need (feed)
        on true
    where need.feed not in (
        select file_ledger.feed from file_ledger
        where file_ledger.feed is not null
    )

),

last_data_day as (

    select max(last_data_on) as last_data_on
    from reporting_year

),

-- Few rows leave here, whatever the number of cases: the rest of the model is cheap.
summed_case as (

    select
        indicator_code,
        period as year_or_day,
        month,
        institution_code,
        township_code,
        group_code,
        -- The residents of another year stand in for those that are not known yet.
        bool_or(
            case_kind = 'population' and left(case_id, 4) <> left(period, 4)
        ) as has_stand_in,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from indicator_case
    group by
        indicator_code,
        period,
        month,
        institution_code,
        township_code,
        group_code

),

registered_grain as (

    select
        registry.indicator_code,
        registry.is_monthly,
        grain.grain
    from registry
    inner join lateral string_to_table(registry.grains, ';') as grain (grain)
        on true

),

placed_case as (

    select
        summed_case.*,
        registered_grain.is_monthly,
        registered_grain.grain,
        case registered_grain.grain
            when 'county' then county.division_code
            when 'group' then summed_case.group_code
            when 'institution' then summed_case.institution_code
            when 'township' then summed_case.township_code
        end as org_code
    from summed_case
    inner join registered_grain
        on summed_case.indicator_code = registered_grain.indicator_code
    cross join county

),

dated_case as (

    select
        indicator_code,
        year_or_day as period,
        grain,
        org_code,
        has_stand_in,
        numerator,
        denominator
    from placed_case
    where org_code is not null

    union all

    select
        indicator_code,
        month as period,
        grain,
        org_code,
        has_stand_in,
        numerator,
        denominator
    from placed_case
    where
        org_code is not null
        and is_monthly
        and month is not null

),

counted as (

    select
        indicator_code,
        period,
        grain,
        org_code,
        bool_or(has_stand_in) as has_stand_in,
        sum(numerator)::bigint as numerator,
        sum(denominator)::bigint as denominator
    from dated_case
    group by indicator_code, period, grain, org_code

),

-- A year without a single case is told of as one.
year_of_nothing as (

    select
        registered_grain.indicator_code,
        reporting_year.period,
        registered_grain.grain,
        county.division_code as org_code,
        false as has_stand_in,
        0::bigint as numerator,
        0::bigint as denominator
    from registered_grain
    cross join reporting_year
    cross join county
    left join counted
        on
            registered_grain.indicator_code = counted.indicator_code
            and registered_grain.grain = counted.grain
            and reporting_year.period = left(counted.period, 4)
    where
        registered_grain.grain = 'county'
        and reporting_year.is_complete
        and counted.indicator_code is null

),

told as (

    select * from counted

    union all

    select * from year_of_nothing

),

ended_period as (

    select
        told.*,
        case length(told.period)
            when 4 then make_date(told.period::int, 12, 31)
            when 6
                then (
                    to_date(told.period, 'YYYYMM') + interval '1 month - 1 day'
                )::date
            else to_date(told.period, 'YYYYMMDD')
        end as period_ends_on
    from told

),

ranked_target as (

    select
        ended_period.indicator_code,
        ended_period.period,
        ended_period.grain,
        ended_period.org_code,
        target.operator,
        target.target_value,
        row_number() over (
            partition by
                ended_period.indicator_code,
                ended_period.period,
                ended_period.grain,
                ended_period.org_code
            order by target.valid_from desc, target.set_by asc, target.target_value desc
        ) as place_from_newest
    from ended_period
    inner join target
        on
            ended_period.indicator_code = target.indicator_code
            and ended_period.period_ends_on >= target.valid_from
            and ended_period.period_ends_on <= coalesce(target.valid_to, 'infinity')
    -- The documents set their targets for a county as a whole.
    where ended_period.grain = 'county'

),

newest_target as (

    select *
    from ranked_target
    where place_from_newest = 1

),

valued as (

    select
        ended_period.*,
        case
            when without_source.indicator_code is null
                then
                    registry.factor * ended_period.numerator::numeric
                    / nullif(ended_period.denominator, 0)
        end as value,
        without_source.indicator_code is not null as is_without_source,
        ended_period.period_ends_on <= last_data_day.last_data_on as is_complete,
        newest_target.operator,
        newest_target.target_value::numeric as target_value
    from ended_period
    inner join registry
        on ended_period.indicator_code = registry.indicator_code
    cross join last_data_day
    left join without_source
        on ended_period.indicator_code = without_source.indicator_code
    left join newest_target
        on
            ended_period.indicator_code = newest_target.indicator_code
            and ended_period.period = newest_target.period
            and ended_period.grain = newest_target.grain
            and ended_period.org_code = newest_target.org_code

),

judged as (

    select
        -- keys
        indicator_code,
        period,
        grain,
        org_code,
        -- measures
        numerator,
        denominator,
        value,
        case
            when is_without_source then 'no_source'
            when value is null then 'no_denominator'
            when has_stand_in or not is_complete then 'provisional'
            else 'final'
        end as status,
        -- targets
        target_value,
        case operator
            when '>=' then value >= target_value
            when '>' then value > target_value
            when '<=' then value <= target_value
            when '<' then value < target_value
            when '=' then value = target_value
        end as target_met
    from valued

)

select * from judged
