-- One row per staged row that is neither set aside nor in the record, and per row of the
-- record that no staged row leads to.
{% test holds_every_usable_row(model, staged, key='event_id') %}

with

staged_row as (

    {% for table in staged -%}
    select
        record_key,
        source_system,
        source_table
    from {{ table }}
    where set_aside_because is null
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

staged_table as (

    select distinct
        source_system,
        source_table
    from staged_row

),

kept_row as (

    select distinct
        kept.{{ key }} as record_key,
        kept.source_system,
        kept.source_table
    from {{ model }} as kept
    inner join staged_table
        on
            kept.source_system = staged_table.source_system
            and kept.source_table = staged_table.source_table

)

select
    staged_row.record_key as missing_key,
    kept_row.record_key as unknown_key
from staged_row
full join kept_row
    on staged_row.record_key = kept_row.record_key
where
    staged_row.record_key is null
    or kept_row.record_key is null

{% endtest %}
