-- One row per duty that returns while a person is under care: from a day, within a time.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

care_gap_rule as (

    select * from {{ ref('care_gap_rule') }}

),

care_period as (

    select * from {{ ref('rec_care_period') }}

),

care_service as (

    select * from {{ ref('rec_care_service') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

ruled_period as (

    select
        care_period.*,
        rule.rule_id,
        rule.duty,
        rule.service,
        rule.face_to_face_only,
        rule.trigger_codes,
        make_interval(months => rule.interval_months, days => rule.interval_days) as allowed
    from care_period
    inner join care_gap_rule as rule
        on
            care_period.programme = rule.programme
            and coalesce(care_period.ends_on, 'infinity') >= rule.valid_from
            and care_period.begins_on <= coalesce(rule.valid_to, 'infinity')
    where care_period.has_informed_consent is not false or not rule.needs_consent

),

-- What the time is counted from.
anchor as (

    select
        ruled_period.*,
        ruled_period.begins_on as from_on,
        ruled_period.event_id as from_event_id
    from ruled_period
    where ruled_period.duty = 'repeated'

    union all

    select
        ruled_period.*,
        care_service.served_on as from_on,
        care_service.event_id as from_event_id
    from ruled_period
    inner join care_service
        on
            ruled_period.person_id = care_service.person_id
            and ruled_period.programme = care_service.programme
            and ruled_period.service = care_service.service
            and ruled_period.begins_on <= care_service.served_on
            and care_service.served_on <= coalesce(ruled_period.ends_on, 'infinity')
    where
        (
            ruled_period.duty = 'repeated'
            and (care_service.is_face_to_face or not ruled_period.face_to_face_only)
        )
        or (
            ruled_period.duty = 'after_trigger'
            and care_service.class_code
            = any(string_to_array(ruled_period.trigger_codes, ' '))
        )

    union all

    -- Whoever is under care all year has all year for it.
    select
        ruled_period.*,
        reporting_year.begins_on - 1 as from_on,
        ruled_period.event_id as from_event_id
    from ruled_period
    inner join reporting_year
        on
            ruled_period.begins_on <= reporting_year.begins_on
            and coalesce(ruled_period.ends_on, 'infinity') >= reporting_year.ends_on
    where ruled_period.duty = 'each_year'

),

-- Several services of one day are one.
once as (

    select distinct on (person_id, rule_id, period_number, from_on) *
    from anchor
    order by person_id, rule_id, period_number, from_on, from_event_id

),

-- By equality of the person and once for all: looked up anew for each duty, what it takes
-- would grow with the square of what there is.
next_service as (

    select distinct on (once.person_id, once.rule_id, once.period_number, once.from_on)
        once.person_id,
        once.rule_id,
        once.period_number,
        once.from_on,
        care_service.served_on,
        care_service.event_id
    from once
    inner join care_service
        on
            once.person_id = care_service.person_id
            and once.service = care_service.service
            and (care_service.programme is null or once.programme = care_service.programme)
            and (care_service.is_face_to_face or not once.face_to_face_only)
            and once.from_on < care_service.served_on
            and care_service.served_on <= coalesce(once.ends_on, 'infinity')
    order by
        once.person_id asc,
        once.rule_id asc,
        once.period_number asc,
        once.from_on asc,
        care_service.served_on asc,
        care_service.event_id asc

),

met as (

    select
        once.*,
        (once.from_on + once.allowed)::date as due_by_on,
        next_service.served_on,
        next_service.event_id as served_event_id
    from once
    left join next_service
        on
            once.person_id = next_service.person_id
            and once.rule_id = next_service.rule_id
            and once.period_number = next_service.period_number
            and once.from_on = next_service.from_on

)

select
    person_id,
    rule_id,
    programme,
    service,
    null as detail_code,
    from_on,
    from_event_id,
    due_by_on,
    served_on,
    served_event_id,
    ends_on
from met
