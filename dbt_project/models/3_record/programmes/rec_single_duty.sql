-- One row per duty that comes once: a dose, a check at an age, the care of a mother, a
-- contract that should be followed by another.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
-- noqa: disable=AM04
with

care_gap_rule as (

    select * from {{ ref('care_gap_rule') }}

),

care_period as (

    select * from {{ ref('rec_care_period') }}
    where programme = 'child' and born_on is not null

),

vaccination_schedule as (

    select * from {{ ref('vaccination_schedule') }}

),

child_check_schedule as (

    select * from {{ ref('child_check_schedule') }}

),

vaccination as (

    select * from {{ ref('rec_vaccination') }}

),

care_service as (

    select * from {{ ref('rec_care_service') }}

),

pregnancy as (

    select * from {{ ref('rec_pregnancy') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

-- The contract that goes on where one ended.
following as (

    select distinct on (contract.event_id)
        contract.event_id as ended_event_id,
        later.begins_on,
        later.event_id
    from contract
    inner join contract as later
        on
            contract.person_id = later.person_id
            and contract.event_id <> later.event_id
            and contract.ends_on < coalesce(later.stopped_on, later.ends_on)
    order by contract.event_id, later.begins_on, later.event_id

),

person as (

    select * from {{ ref('rec_person') }}

),

due as (

    select
        care_period.person_id,
        'vaccination' as duty,
        schedule.vaccine_code || ' ' || schedule.dose_number as detail_code,
        (care_period.born_on + make_interval(months => schedule.due_at_month))::date
            as from_on,
        care_period.event_id as from_event_id,
        given.vaccinated_on as served_on,
        given.event_id as served_event_id,
        care_period.ends_on
    from care_period
    inner join vaccination_schedule as schedule
        on
            care_period.born_on >= schedule.valid_from
            and care_period.born_on <= coalesce(schedule.valid_to, 'infinity')
    left join vaccination as given
        on
            care_period.person_id = given.person_id
            and schedule.vaccine_code = given.vaccine_code
            and schedule.dose_number = given.dose_number
            and given.place_in_dose = 1

    union all

    select
        care_period.person_id,
        'child_check' as duty,
        schedule.exam_age_months::text as detail_code,
        (care_period.born_on + make_interval(months => schedule.exam_age_months))::date
            as from_on,
        care_period.event_id as from_event_id,
        care_service.served_on,
        care_service.event_id as served_event_id,
        care_period.ends_on
    from care_period
    inner join child_check_schedule as schedule
        on
            care_period.begins_on <= care_period.born_on
            + make_interval(months => schedule.exam_age_months)
            and care_period.born_on
            + make_interval(months => schedule.exam_age_months) >= schedule.valid_from
            and care_period.born_on
            + make_interval(months => schedule.exam_age_months)
            <= coalesce(schedule.valid_to, 'infinity')
    left join care_service
        on
            care_period.person_id = care_service.person_id
            and care_service.service = 'checkup'
            and schedule.exam_age_months = care_service.exam_age_months

    union all

    select
        person_id,
        'antenatal' as duty,
        null as detail_code,
        last_period_began_on as from_on,
        event_id as from_event_id,
        first_antenatal_visit_on as served_on,
        null as served_event_id,
        null as ends_on
    from pregnancy

    union all

    select
        person_id,
        'postnatal' as duty,
        null as detail_code,
        discharged_on as from_on,
        event_id as from_event_id,
        first_postnatal_visit_on as served_on,
        null as served_event_id,
        null as ends_on
    from pregnancy

    union all

    -- Only the last of several that end on one day; one that was stopped asks for nothing.
    select
        contract.person_id,
        'contract' as duty,
        null as detail_code,
        contract.ends_on as from_on,
        contract.event_id as from_event_id,
        following.begins_on as served_on,
        following.event_id as served_event_id,
        null as ends_on
    from contract
    left join following
        on contract.event_id = following.ended_event_id
    where contract.stopped_on is null

),

ruled as (

    select
        due.*,
        rule.rule_id,
        rule.programme,
        rule.service,
        (
            due.from_on + make_interval(months => rule.interval_months)
        )::date + rule.interval_days + rule.grace_days as due_by_on,
        row_number() over (
            partition by due.person_id, rule.rule_id, due.detail_code, due.from_on
            order by due.served_on nulls last, due.served_event_id, due.from_event_id
        ) as place
    from due
    inner join care_gap_rule as rule
        on
            due.duty = rule.duty
            and due.from_on >= rule.valid_from
            and due.from_on <= coalesce(rule.valid_to, 'infinity')
    where due.person_id is not null and due.from_on is not null

)

select
    ruled.person_id,
    ruled.rule_id,
    ruled.programme,
    ruled.service,
    ruled.detail_code,
    ruled.from_on,
    ruled.from_event_id,
    ruled.due_by_on,
    ruled.served_on,
    ruled.served_event_id,
    least(ruled.ends_on, person.death_on) as ends_on
from ruled
inner join person
    on ruled.person_id = person.person_id
where ruled.place = 1
