-- One row per visit, call or check-up as its form tells of it, in one shape for all forms.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
{% set columns = follow_up_columns() %}
{%- set asked_by_all = [
    'follow_up_id', 'archive_id', 'manage_unit_id', 'followed_up_on', 'entered_on',
] -%}
{%- set of_an_illness = asked_by_all + ['record_id', 'follow_up_way_code'] -%}
with

hypertension_visit as (

    select * from {{ ref('stg_d__mdc_hypertensionvisit') }}

),

diabetes_visit as (

    select * from {{ ref('stg_d__mdc_diabetesvisit') }}

),

psychosis_visit as (

    select * from {{ ref('stg_d__psy_psychosisvisit') }}

),

tuberculosis_visit as (

    select * from {{ ref('stg_d__tb_tuberculosisvisit') }}

),

antenatal_visit as (

    select * from {{ ref('stg_d__mhc_visitrecord') }}

),

postnatal_visit as (

    select * from {{ ref('stg_d__mhc_postnatalvisit') }}

),

newborn_visit as (

    select * from {{ ref('stg_d__mhc_babyvisit') }}

),

child_checkup as (

    select * from {{ ref('stg_d__cdh_checkup') }}

),

every_visit as (

    select
        {{- row_of_form(
            'hypertension_visit', columns,
            of_an_illness + [
                'is_late_entry', 'follow_up_result_code', 'follow_up_class_code',
                'medication_adherence_code',
            ],
            {
                'programme': "'hypertension'",
                'follow_up_kind': "'follow_up'",
                'is_found': "coalesce(hypertension_visit.follow_up_result_code = '1', false)",
            },
        ) }}
    from hypertension_visit
    where hypertension_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'diabetes_visit', columns,
            of_an_illness + [
                'follow_up_result_code', 'follow_up_class_code',
                'medication_adherence_code',
            ],
            {
                'programme': "'diabetes'",
                'follow_up_kind': "'follow_up'",
                'is_found': "coalesce(diabetes_visit.follow_up_result_code = '1', false)",
            },
        ) }}
    from diabetes_visit
    where diabetes_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'psychosis_visit', columns,
            of_an_illness + ['illness_state_code', 'danger_level_code'],
            {
                'programme': "'psychosis'",
                'follow_up_kind': "'follow_up'",
                'is_found': "coalesce(psychosis_visit.illness_state_code <> '0', false)",
            },
        ) }}
    from psychosis_visit
    where psychosis_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'tuberculosis_visit', columns,
            of_an_illness + ['missed_dose_count'],
            {'programme': "'tuberculosis'", 'follow_up_kind': "'follow_up'"},
        ) }}
    from tuberculosis_visit
    where tuberculosis_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'antenatal_visit', columns,
            asked_by_all + ['gestation_weeks'],
            {
                'programme': "'maternal'",
                'follow_up_kind': "'antenatal'",
                'record_id': 'antenatal_visit.pregnancy_record_id',
            },
        ) }}
    from antenatal_visit
    where antenatal_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'postnatal_visit', columns,
            asked_by_all,
            {
                'programme': "'maternal'",
                'follow_up_kind': "'postnatal'",
                'record_id': 'postnatal_visit.pregnancy_record_id',
            },
        ) }}
    from postnatal_visit
    where postnatal_visit.set_aside_because is null

    union all

    -- A newborn is visited under the number of the mother's record.
    select
        {{- row_of_form(
            'newborn_visit', columns,
            asked_by_all + ['birth_order'],
            {
                'programme': "'child'",
                'follow_up_kind': "'newborn'",
                'record_id': 'newborn_visit.pregnancy_record_id',
            },
        ) }}
    from newborn_visit
    where newborn_visit.set_aside_because is null

    union all

    select
        {{- row_of_form(
            'child_checkup', columns,
            ['archive_id', 'manage_unit_id', 'entered_on', 'exam_age_months'],
            {
                'programme': "'child'",
                'follow_up_kind': "'checkup'",
                'follow_up_id': 'child_checkup.exam_id',
                'record_id': 'child_checkup.child_card_id',
                'followed_up_on': 'child_checkup.examined_on',
            },
        ) }}
    from child_checkup
    where child_checkup.set_aside_because is null

)

select * from every_visit
