-- Pairs are found by equality and in numbers that the planner cannot foresee: it would
-- compare each with each, which a small county allows and a large one does not.
{{ config(pre_hook='set local enable_nestloop = off') }}
-- One row per report that was found to be about another report's event, and by which rule.
with recursive

reported_unit as (

    select * from {{ ref('rec_reported_unit') }}

),

same_event_rule as (

    select * from {{ ref('same_event_rule') }}

),

-- The first report with a key stands for it.
first_of_key as (

    select distinct on (person_id, report_kind, match_key)
        person_id,
        report_kind,
        match_key,
        unit_id
    from reported_unit
    where match_key is not null
    order by
        person_id asc,
        report_kind asc,
        match_key asc,
        begins_on asc nulls last,
        begins_at asc nulls last,
        unit_id asc

),

-- Days on which the other report may stand, so that pairs are found by equality.
reach as (

    select
        report_kind,
        joins_kind,
        max(days_apart) as days_apart
    from same_event_rule
    where days_apart is not null
    group by report_kind, joins_kind

),

expected as materialized (

    select
        reported_unit.unit_id,
        reported_unit.person_id,
        reach.joins_kind,
        reported_unit.begins_on + gap.days as begins_on
    from reported_unit
    inner join reach
        on reported_unit.report_kind = reach.report_kind
    cross join
        lateral generate_series(-reach.days_apart, reach.days_apart) as gap (days)

),

near as (

    select
        expected.unit_id,
        reported_unit.unit_id as joins_unit_id
    from expected
    inner join reported_unit
        on
            expected.person_id = reported_unit.person_id
            and expected.joins_kind = reported_unit.report_kind
            and expected.begins_on = reported_unit.begins_on

),

numbered as (

    select
        reported_unit.unit_id,
        other.unit_id as joins_unit_id
    from reported_unit
    inner join reported_unit as other
        on
            reported_unit.person_id = other.person_id
            and reported_unit.number_key = other.number_key
            and reported_unit.report_kind <> other.report_kind

),

keyed as (

    select
        reported_unit.unit_id,
        first_of_key.unit_id as joins_unit_id
    from reported_unit
    inner join first_of_key
        on
            reported_unit.person_id = first_of_key.person_id
            and reported_unit.report_kind = first_of_key.report_kind
            and reported_unit.match_key = first_of_key.match_key
            and reported_unit.unit_id <> first_of_key.unit_id

),

candidate as (

    select * from near

    union

    select * from numbered

    union

    select * from keyed

),

-- Materialized: the rules are asked of these pairs only, not of all that could be made.
compared as materialized (

    select
        report.person_id,
        report.unit_id,
        other.unit_id as joins_unit_id,
        report.report_kind,
        other.report_kind as joins_kind,
        report.number_key = other.number_key as is_same_number,
        report.match_key = other.match_key as is_same_key,
        report.institution_code = other.institution_code as is_same_place,
        report.centre_code = other.centre_code as is_same_centre,
        -- A form that does not say in which way may have been filled in any.
        coalesce(report.way_code = other.way_code, true) as is_same_way,
        report.begins_on - other.begins_on as days_apart,
        report.ends_on - other.ends_on as end_days_apart,
        report.fee_fen - other.fee_fen as fee_apart_fen,
        abs(extract(epoch from report.begins_at - other.begins_at)) as seconds_apart
    from candidate
    inner join reported_unit as report
        on candidate.unit_id = report.unit_id
    inner join reported_unit as other
        on candidate.joins_unit_id = other.unit_id

),

ruled as (

    select distinct on (compared.unit_id, compared.joins_unit_id)
        compared.*,
        same_event_rule.rule_id,
        same_event_rule.priority,
        -- An event takes one report of a kind, unless the rule says that it may take many.
        case
            when same_event_rule.is_one_to_one
                then compared.joins_unit_id || '|' || compared.report_kind
            else compared.joins_unit_id || '|' || compared.unit_id
        end as place_at_event
    from compared
    inner join same_event_rule
        on
            compared.report_kind = same_event_rule.report_kind
            and compared.joins_kind = same_event_rule.joins_kind
    where
        case same_event_rule.matched_by
            when 'number' then compared.is_same_number
            when 'key' then compared.is_same_key
            when 'place_day' then compared.is_same_place
            when 'centre_day' then compared.is_same_centre
        end
        and (
            same_event_rule.days_apart is null
            or abs(compared.days_apart) <= same_event_rule.days_apart
        )
        and (
            same_event_rule.end_days_apart is null
            or abs(compared.end_days_apart) <= same_event_rule.end_days_apart
        )
        and (
            same_event_rule.fee_apart_fen is null
            or abs(compared.fee_apart_fen) <= same_event_rule.fee_apart_fen
        )
        and (not same_event_rule.key_must_agree or compared.is_same_key)
        and (not same_event_rule.ways_must_agree or compared.is_same_way)
    order by
        compared.unit_id asc,
        compared.joins_unit_id asc,
        same_event_rule.priority asc,
        same_event_rule.rule_id asc

),

possible_match as (

    select
        *,
        person_id as pair_group,
        unit_id as left_id,
        place_at_event as right_id
    from ruled

),

{{ one_to_one(
    'possible_match',
    'priority, abs(days_apart), abs(end_days_apart), abs(fee_apart_fen), seconds_apart,'
    ' left_id, right_id',
) }},

event_match as (

    select
        -- keys
        unit_id,
        joins_unit_id,
        -- who
        person_id,
        -- what
        report_kind,
        joins_kind,
        rule_id,
        -- measures
        days_apart,
        end_days_apart,
        fee_apart_fen
    from taken_pair

)

select * from event_match
