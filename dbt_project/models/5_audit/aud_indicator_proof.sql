-- One row per value: its numerator and denominator counted again, straight from the cases.
with

indicator_value as (

    select * from {{ ref('indicator_value') }}

),

indicator_case as (

    select * from {{ ref('indicator_case') }}

),

event_source as (

    select * from {{ ref('rec_event_source') }}

),

-- The case list of one value is picked by the value's own key, not by the way the value was
-- summed: a case that was lost or counted twice on that way shows here.
recounted as (

    select
        indicator_value.indicator_code,
        indicator_value.period,
        indicator_value.grain,
        indicator_value.org_code,
        indicator_value.numerator,
        indicator_value.denominator,
        count(indicator_case.case_id) as case_count,
        count(indicator_case.case_id) filter (where event_source.event_id is null)
            as case_without_source_count,
        coalesce(sum(indicator_case.numerator), 0)::bigint as recounted_numerator,
        coalesce(sum(indicator_case.denominator), 0)::bigint as recounted_denominator
    from indicator_value
    left join indicator_case
        on
            indicator_value.indicator_code = indicator_case.indicator_code
            and case
                when length(indicator_value.period) = 6
                    then indicator_value.period = indicator_case.month
                else indicator_value.period = indicator_case.period
            end
            and case indicator_value.grain
                when 'group' then indicator_value.org_code = indicator_case.group_code
                when 'institution'
                    then indicator_value.org_code = indicator_case.institution_code
                when 'township' then indicator_value.org_code = indicator_case.township_code
                else true
            end
    left join event_source
        on indicator_case.event_id = event_source.event_id
    group by
        indicator_value.indicator_code,
        indicator_value.period,
        indicator_value.grain,
        indicator_value.org_code,
        indicator_value.numerator,
        indicator_value.denominator

),

proof as (

    select
        recounted.*,
        recounted.numerator = recounted.recounted_numerator
        and recounted.denominator = recounted.recounted_denominator
        and recounted.case_without_source_count = 0 as is_proven
    from recounted

)

select * from proof
