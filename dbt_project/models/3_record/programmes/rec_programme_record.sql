-- One row per record under which a person is looked after in a health programme.
{# One table for all: the programmes ask for much the same, and a person's programmes are
    read together. What only one of them asks stands in a column of its own. #}
{%- set columns = programme_record_columns() -%}
{%- set asked_by_all = ['record_id', 'archive_id', 'manage_unit_id', 'entered_on'] %}
with

hypertension_record as (

    select * from {{ ref('stg_d__mdc_hypertensionrecord') }}

),

diabetes_record as (

    select * from {{ ref('stg_d__mdc_diabetesrecord') }}

),

elderly_record as (

    select * from {{ ref('stg_d__mdc_oldpeoplerecord') }}

),

psychosis_record as (

    select * from {{ ref('stg_d__psy_psychosisrecord') }}

),

tuberculosis_record as (

    select * from {{ ref('stg_d__tb_tuberculosisrecord') }}

),

pregnancy_record as (

    select * from {{ ref('stg_d__mhc_pregnantrecord') }}

),

child_card as (

    select * from {{ ref('stg_d__cdh_healthcard') }}

),

programme as (

    select * from {{ ref('programme') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_record as (

    select
        {{- row_of_form(
            'hypertension_record', columns,
            asked_by_all + ['diagnosed_on', 'risk_level_code'],
            {
                'programme': "'hypertension'",
                'begins_on': 'hypertension_record.created_on',
                'is_closed': "hypertension_record.record_status_code = '1'",
                'ends_on': 'hypertension_record.cancelled_on',
                'end_reason_code': 'hypertension_record.cancel_reason_code',
            },
        ) }}
    from hypertension_record
    where hypertension_record.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'diabetes_record', columns,
            asked_by_all + ['diabetes_type_code'],
            {
                'programme': "'diabetes'",
                'begins_on': 'diabetes_record.created_on',
                'is_closed': "diabetes_record.record_status_code = '1'",
                'ends_on': 'diabetes_record.cancelled_on',
                'end_reason_code': 'diabetes_record.cancel_reason_code',
            },
        ) }}
    from diabetes_record
    where diabetes_record.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'elderly_record', columns,
            asked_by_all + ['self_care_score'],
            {
                'programme': "'elderly'",
                'begins_on': 'elderly_record.created_on',
                'is_closed': "elderly_record.record_status_code = '1'",
            },
        ) }}
    from elderly_record
    where elderly_record.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'psychosis_record', columns,
            asked_by_all + ['diagnosis_code', 'is_confirmed', 'has_informed_consent'],
            {
                'programme': "'psychosis'",
                'begins_on': 'psychosis_record.created_on',
                'is_closed': "psychosis_record.record_status_code = '1'",
                'ends_on': 'psychosis_record.cancelled_on',
                'end_reason_code': 'psychosis_record.cancel_reason_code',
            },
        ) }}
    from psychosis_record
    where psychosis_record.set_aside_because is null

    union all

    -- Treatment of tuberculosis begins with the notice of the centre that found it.
    select
        {{- row_of_form(
            'tuberculosis_record', columns,
            asked_by_all + [
                'first_visited_on', 'treatment_stop_reason_code', 'supervisor_code',
                'due_dose_count', 'taken_dose_count',
            ],
            {
                'programme': "'tuberculosis'",
                'begins_on': 'tuberculosis_record.notified_on',
                'is_closed': "tuberculosis_record.record_status_code = '1'",
                'ends_on': 'tuberculosis_record.treatment_stopped_on',
            },
        ) }}
    from tuberculosis_record
    where tuberculosis_record.set_aside_because is null

    union all

    -- The form of a pregnancy is never closed: care ends with the weeks after the birth.
    select
        {{- row_of_form(
            'pregnancy_record', columns,
            ['archive_id', 'manage_unit_id', 'entered_on'],
            {
                'programme': 'programme.programme',
                'record_id': 'pregnancy_record.pregnancy_record_id',
                'begins_on': 'pregnancy_record.booked_on',
                'is_closed': 'pregnancy_record.delivered_on is not null',
                'ends_on':
                    'pregnancy_record.delivered_on + programme.ends_days_after_delivery',
            },
        ) }}
    from pregnancy_record
    inner join programme
        on programme.programme = 'maternal'
    where pregnancy_record.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'child_card', columns,
            ['archive_id', 'manage_unit_id', 'entered_on'],
            {
                'programme': "'child'",
                'record_id': 'child_card.child_card_id',
                'begins_on': 'child_card.created_on',
                'is_closed': "child_card.record_status_code = '1'",
            },
        ) }}
    from child_card
    where child_card.set_aside_because is null

),

programme_record as (

    select
        -- keys
        every_record.record_key as event_id,
        every_record.programme,
        every_record.record_id,
        every_record.archive_id,
        -- who and where
        person_link.person_id,
        institution_code.institution_code,
        left(every_record.manage_unit_id, 9) as town_code,
        -- when
        every_record.begins_on,
        every_record.diagnosed_on,
        every_record.first_visited_on,
        coalesce(every_record.is_closed, false) as is_closed,
        case when every_record.is_closed then every_record.ends_on end as ends_on,
        every_record.entered_on,
        -- what
        every_record.end_reason_code,
        every_record.treatment_stop_reason_code,
        every_record.is_confirmed,
        every_record.has_informed_consent,
        every_record.diagnosis_code,
        every_record.risk_level_code,
        every_record.diabetes_type_code,
        every_record.supervisor_code,
        -- measures
        every_record.self_care_score,
        every_record.due_dose_count,
        every_record.taken_dose_count,
        -- where it comes from
        every_record.source_system,
        every_record.source_table,
        every_record.org_code,
        every_record.native_id,
        every_record.native_part,
        every_record._file_id,
        every_record._line_number
    from every_record
    left join person_link
        on every_record.record_key = person_link.record_key
    left join institution_code
        on
            every_record.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'

)

select * from programme_record
