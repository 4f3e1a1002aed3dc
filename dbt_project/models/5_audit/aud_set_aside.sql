-- One row per table and reason for which rows cannot be used or do not count.
-- sqlfluff:indentation:template_blocks_indent:false
{%- set staged = staged_feeds() | map(attribute='model') | unique | list %}
with

{% for model in staged -%}
{{ model }} as (

    select
        source_system,
        source_table,
        set_aside_because
    from {{ ref(model) }}

),

{% endfor -%}
encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

every_reason as (

    {% for model in staged -%}
    select
        'staging' as layer,
        source_system,
        source_table,
        set_aside_because as reason
    from {{ model }}
    where set_aside_because is not null

    union all

    {% endfor -%}
    select
        'record' as layer,
        source_system,
        source_table,
        coalesce(set_aside_because, not_counted_because) as reason
    from encounter
    where not is_counted

    union all

    select
        'record' as layer,
        source_system,
        source_table,
        not_counted_because as reason
    from settlement
    where not is_counted

),

counted_reason as (

    select
        layer,
        source_system,
        source_table,
        reason,
        count(*) as row_count
    from every_reason
    group by layer, source_system, source_table, reason

)

select * from counted_reason
