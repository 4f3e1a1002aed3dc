-- Whom the public-health platform names: on archives, on the forms that hang on an archive,
-- and on reports of diseases and deaths. Mothers and children: idn_named_d_family.
-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized='ephemeral') }}
{#- Forms that repeat name and number of the archive whose number they bear. -#}
{%- set forms = [
    'hc_healthcheck',
    'mdc_hypertensionrecord',
    'mdc_hypertensionvisit',
    'mdc_diabetesrecord',
    'mdc_diabetesvisit',
    'mdc_oldpeoplerecord',
    'psy_psychosisrecord',
    'psy_psychosisvisit',
    'tb_tuberculosisrecord',
    'tb_tuberculosisvisit',
] %}
with

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

{% for form in forms -%}
{{ form }} as (

    select * from {{ ref('stg_d__' ~ form) }}

),

{% endfor -%}
disease_report as (

    select * from {{ ref('stg_d__idr_report') }}

),

death_card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

named as (

    select
        {{ named_record(
            'archive',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'ethnicity_code', 'phone',
                'address', 'health_index_id', 'archive_id', 'household_id', 'is_householder',
            ],
            read={
                'town_code': 'left(archive.manage_unit_id, 9)',
                'died_on': 'archive.dead_on',
            },
        ) }}
    from archive

    {% for form in forms -%}
    union all

    select
        {{ named_record(
            form,
            said=['person_name', 'id_number', 'health_index_id', 'archive_id'],
            read={
                'town_code': 'left(' ~ form ~ '.manage_unit_id, 9)',
                'reference_key': 'archive.record_key',
            },
        ) }}
    from {{ form }}
    left join archive
        on {{ form }}.archive_id = archive.archive_id

    {% endfor -%}
    union all

    select
        {{ named_record(
            'disease_report',
            said=['person_name', 'id_number', 'sex_code', 'born_on'],
            read={'guardian_name': 'disease_report.parent_name'},
        ) }}
    from disease_report

    union all

    select
        {{ named_record(
            'death_card',
            said=['person_name', 'id_number', 'sex_code', 'born_on', 'address', 'town_code'],
            read={'died_on': 'death_card.dead_on'},
        ) }}
    from death_card

)

select * from named
