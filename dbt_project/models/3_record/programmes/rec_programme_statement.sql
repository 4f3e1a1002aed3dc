-- One row per statement of a public-health form that may speak for a condition.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

programme_record as (

    select * from {{ ref('rec_programme_record') }}

),

pregnancy as (

    select * from {{ ref('rec_pregnancy') }}

),

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

measurement as (

    select * from {{ ref('rec_measurement') }}

),

past_history as (

    select * from {{ ref('rec_past_history') }}

),

statement as (

    select
        programme_record.event_id,
        programme_record.event_id as statement_key,
        programme_record.person_id,
        'programme_record' as evidence_kind,
        'programme' as code_form,
        programme_record.programme as code,
        null as words,
        null::numeric as value,
        coalesce(programme_record.is_confirmed, true) as is_certain,
        coalesce(
            pregnancy.last_period_began_on,
            programme_record.diagnosed_on,
            programme_record.begins_on
        ) as first_on,
        coalesce(
            pregnancy.delivered_on, programme_record.ends_on, programme_record.begins_on
        ) as last_on,
        -- How long the condition is known to have lasted, or is expected to.
        coalesce(
            pregnancy.delivered_on, pregnancy.delivery_due_on, programme_record.ends_on
        ) as until_on,
        case
            when pregnancy.event_id is null then programme_record.ends_on
            else pregnancy.delivered_on
        end as ended_on,
        programme_record.source_system,
        programme_record.source_table,
        programme_record._file_id,
        programme_record._line_number
    from programme_record
    left join pregnancy
        on programme_record.event_id = pregnancy.event_id

    union all

    -- Visits after a birth are no sign that a pregnancy goes on.
    select
        event_id,
        event_id as statement_key,
        person_id,
        'programme_visit' as evidence_kind,
        'programme' as code_form,
        programme as code,
        null as words,
        null as value,
        true as is_certain,
        followed_up_on as first_on,
        followed_up_on as last_on,
        null as until_on,
        null as ended_on,
        source_system,
        source_table,
        _file_id,
        _line_number
    from follow_up
    where follow_up_kind in ('follow_up', 'antenatal')

    union all

    -- What is measured in a pregnancy speaks of the pregnancy, and at the visit of somebody
    -- who came ill of that illness.
    select
        event_id,
        measurement_id as statement_key,
        person_id,
        'measurement' as evidence_kind,
        'measurement' as code_form,
        item as code,
        null as words,
        value,
        true as is_certain,
        measured_on as first_on,
        measured_on as last_on,
        null as until_on,
        null as ended_on,
        source_system,
        source_table,
        _file_id,
        _line_number
    from measurement
    where
        is_plausible
        and event_kind <> 'outpatient'
        and programme is distinct from 'maternal'
        and not exists (
            select from pregnancy
            where
                pregnancy.person_id = measurement.person_id
                and measurement.measured_on >= pregnancy.last_period_began_on
                and measurement.measured_on
                <= coalesce(pregnancy.delivered_on, pregnancy.delivery_due_on)
        )

    union all

    -- Since when and when it was asked is not known of past illnesses.
    select
        event_id,
        past_history_id as statement_key,
        person_id,
        'past_history' as evidence_kind,
        'history_item' as code_form,
        history_item as code,
        null as words,
        null as value,
        true as is_certain,
        null as first_on,
        null as last_on,
        null as until_on,
        null as ended_on,
        source_system,
        source_table,
        _file_id,
        _line_number
    from past_history

)

select * from statement
