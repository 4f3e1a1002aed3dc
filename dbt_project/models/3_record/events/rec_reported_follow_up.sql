-- One row per visit, call or check-up of the health programmes, in the words that all
-- reports share.
-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
{%- set forms = [
    ('stg_d__mdc_hypertensionvisit', 'followed_up_on', 'follow_up_way_code'),
    ('stg_d__mdc_diabetesvisit', 'followed_up_on', 'follow_up_way_code'),
    ('stg_d__psy_psychosisvisit', 'followed_up_on', 'follow_up_way_code'),
    ('stg_d__tb_tuberculosisvisit', 'followed_up_on', 'follow_up_way_code'),
    ('stg_d__mhc_visitrecord', 'followed_up_on', 'null::text'),
    ('stg_d__mhc_postnatalvisit', 'followed_up_on', 'null::text'),
    ('stg_d__mhc_babyvisit', 'followed_up_on', 'null::text'),
    ('stg_d__cdh_checkup', 'examined_on', 'null::text'),
] %}
with

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_form as (

    {% for model, day, way in forms %}
    {{- 'union all' if not loop.first }}

    select
        record_key,
        manage_unit_id,
        {{ day }} as followed_up_on,
        {{ way }} as way_code,
        source_system,
        source_table,
        _file_id,
        _line_number
    from {{ ref(model) }}
    where set_aside_because is null

    {% endfor %}
),

reported_follow_up as (

    select
        every_form.record_key as event_id,
        every_form.record_key as unit_id,
        'follow_up' as event_kind,
        'follow_up' as report_kind,
        person_link.person_id,
        institution_code.institution_code,
        null::text as number_key,
        null::text as match_key,
        every_form.way_code,
        every_form.followed_up_on::timestamp as begins_at,
        every_form.followed_up_on as begins_on,
        every_form.followed_up_on as ends_on,
        null::bigint as fee_fen,
        null::text as diagnosis_code,
        true as may_join,
        every_form.source_system,
        every_form.source_table,
        every_form._file_id,
        every_form._line_number
    from every_form
    left join person_link
        on every_form.record_key = person_link.record_key
    left join institution_code
        on
            every_form.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'

)

select * from reported_follow_up
