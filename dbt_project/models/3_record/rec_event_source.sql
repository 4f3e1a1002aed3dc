-- One row per event of the record: the system, table, file and line it was read from.
-- sqlfluff:indentation:template_blocks_indent:false
-- noqa: disable=AM04
{#
    The tables of the record whose rows are read from a line of a file; of a line that makes
    several rows, the row that carries the line's own key.
#}
{%- set events = [
    ('encounter', 'encounter_id', none),
    ('diagnosis', 'event_id', 'event_id is distinct from encounter_id and event_id = source_key'),
    ('charge', 'event_id', none),
    ('hospital_bill', 'event_id', none),
    ('prescription', 'event_id', none),
    ('prescription_item', 'event_id', none),
    ('lab_report', 'event_id', none),
    ('lab_result', 'event_id', none),
    ('imaging_report', 'event_id', none),
    ('front_page', 'event_id', none),
    ('operation', 'event_id', 'event_id = source_key'),
    ('archive', 'event_id', none),
    ('programme_record', 'event_id', none),
    ('follow_up', 'event_id', none),
    ('health_exam', 'event_id', none),
    ('vaccination', 'event_id', none),
    ('infectious_report', 'event_id', none),
    ('death', 'event_id', none),
    ('contract', 'event_id', none),
    ('service_performed', 'event_id', none),
    ('referral', 'event_id', none),
    ('consultation', 'event_id', none),
    ('outside_filing', 'event_id', none),
    ('settlement', 'event_id', none),
    ('coverage', 'event_id', none),
] -%}
{%- set county_events = [
    'population', 'family_team', 'service_package', 'bed_month', 'group_finance', 'fund_budget',
    'village_equipment',
] -%}
with

{% for table, key, condition in events -%}
{{ table }} as (

    select * from {{ ref('rec_' ~ table) }}

),

{% endfor -%}
{%- for table in county_events -%}
{{ table }} as (

    select * from {{ ref('rec_' ~ table) }}

),

{% endfor -%}
event_source as (

    {% for table, key, condition in events -%}
    select
        {{ key }} as event_id,
        '{{ table }}' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from {{ table }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %}

    union all

    {% endfor -%}
    {%- for table in county_events -%}
    select
        event_id,
        '{{ table }}' as event_kind,
        null as person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from {{ table }}
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
)

select * from event_source
