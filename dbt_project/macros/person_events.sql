{#
    What happened to person ids, as far as the linking step keeps a log of it: a warehouse
    that was made before has none, and no merges to measure.
#}
{% macro person_events() -%}
    {%- set there = false -%}
    {%- if execute | default(false) -%}
        {%- set asked = "select to_regclass('identity.person_event') is not null" -%}
        {%- set there = run_query(asked).columns[0].values()[0] -%}
    {%- endif -%}
    {%- if there -%}
    select
        seq,
        at as happened_at,
        type as event_type,
        person_id,
        other_person_id
    from identity.person_event
    {%- else -%}
    select
        0::bigint as seq,
        now() as happened_at,
        '' as event_type,
        '' as person_id,
        '' as other_person_id
    where false
    {%- endif -%}
{%- endmacro %}
