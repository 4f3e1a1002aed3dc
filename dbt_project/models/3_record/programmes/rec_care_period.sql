-- One row per person, programme and unbroken time of care, within the years that are
-- reported: of earlier years the deliveries do not say what was done.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

programme_record as (

    select * from {{ ref('rec_programme_record') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

known_from as (

    select min(begins_on) as known_from_on from reporting_year

),

record as (

    select
        programme_record.*,
        person.born_on,
        known_from.known_from_on,
        least(programme_record.ends_on, person.death_on) as until_on
    from programme_record
    inner join person
        on programme_record.person_id = person.person_id
    cross join known_from

),

-- A record that begins later than all before it have ended begins a time of its own.
ordered as (

    select
        *,
        coalesce(
            begins_on > max(coalesce(until_on, 'infinity')) over (
                partition by person_id, programme
                order by begins_on, event_id
                rows between unbounded preceding and 1 preceding
            ) + 1,
            true
        ) as is_new
    from record
    where begins_on <= coalesce(until_on, 'infinity')

),

numbered as (

    select
        *,
        count(*) filter (where is_new) over (
            partition by person_id, programme
            order by begins_on, event_id
        ) as period_number
    from ordered

),

period as (

    select
        person_id,
        programme,
        period_number,
        min(event_id) as event_id,
        min(born_on) as born_on,
        greatest(min(begins_on), min(known_from_on)) as begins_on,
        case when bool_and(until_on is not null) then max(until_on) end as ends_on,
        bool_or(has_informed_consent) as has_informed_consent
    from numbered
    group by person_id, programme, period_number

)

select * from period
where begins_on <= coalesce(ends_on, 'infinity')
