-- One row per value of the county that is not the sum of its case list.
with

indicator_value as (

    select *
    from {{ ref('indicator_value') }}
    where
        grain = 'county'
        and length(period) <> 6

),

indicator_case as (

    select * from {{ ref('indicator_case') }}

),

summed_case as (

    select
        indicator_code,
        period,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from indicator_case
    group by indicator_code, period

),

difference as (

    select
        coalesce(indicator_value.indicator_code, summed_case.indicator_code)
            as indicator_code,
        coalesce(indicator_value.period, summed_case.period) as period
    from indicator_value
    full join summed_case
        on
            indicator_value.indicator_code = summed_case.indicator_code
            and indicator_value.period = summed_case.period
    where
        -- The sum of no cases is nothing.
        indicator_value.numerator is distinct from coalesce(summed_case.numerator, 0)
        or indicator_value.denominator is distinct from coalesce(summed_case.denominator, 0)

)

select * from difference
