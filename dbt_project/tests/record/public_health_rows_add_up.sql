-- One row per form of the public-health platform of which rows got lost between staging and
-- the record, or came to be more: what is not set aside must be there, once.
{%- set forms = {
    'stg_d__hc_healthcheck': 'rec_health_exam_result',
    'stg_d__mdc_hypertensionrecord': 'rec_programme_record',
    'stg_d__mdc_hypertensionvisit': 'rec_follow_up',
    'stg_d__mdc_diabetesrecord': 'rec_programme_record',
    'stg_d__mdc_diabetesvisit': 'rec_follow_up',
    'stg_d__mdc_oldpeoplerecord': 'rec_programme_record',
    'stg_d__psy_psychosisrecord': 'rec_programme_record',
    'stg_d__psy_psychosisvisit': 'rec_follow_up',
    'stg_d__tb_tuberculosisrecord': 'rec_programme_record',
    'stg_d__tb_tuberculosisvisit': 'rec_follow_up',
    'stg_d__mhc_pregnantrecord': 'rec_programme_record',
    'stg_d__mhc_visitrecord': 'rec_follow_up',
    'stg_d__mhc_postnatalvisit': 'rec_follow_up',
    'stg_d__mhc_babyvisit': 'rec_follow_up',
    'stg_d__cdh_healthcard': 'rec_programme_record',
    'stg_d__cdh_checkup': 'rec_follow_up',
    'stg_d__piv_vaccinaterecord': 'rec_vaccination',
    'stg_d__idr_report': 'rec_infectious_report',
} %}
with

staged as (

    {%- for form in forms %}

        select
            '{{ form }}' as form,
            count(*) filter (where set_aside_because is null) as usable_count,
            min(source_table) as source_table
        from {{ ref(form) }}
        {%- if not loop.last %}

            union all
        {%- endif %}
    {%- endfor %}

),

recorded as (

    {%- for model in forms.values() | unique %}

        select
            source_table,
            count(*) as recorded_count
        from {{ ref(model) }}
        group by source_table
        {%- if not loop.last %}

            union all
        {%- endif %}
    {%- endfor %}

),

compared as (

    select
        staged.form,
        staged.usable_count,
        coalesce(recorded.recorded_count, 0) as recorded_count
    from staged
    left join recorded
        on staged.source_table = recorded.source_table

)

select * from compared
where usable_count <> recorded_count
