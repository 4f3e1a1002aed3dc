-- sqlfluff:indentation:template_blocks_indent:false
-- One row per staged row that is neither set aside nor in the record, and per row of the
-- record that no staged row leads to. Where the record is brought up to date: of the rows
-- that this was done from, and of the rows that it gave.
{% test holds_every_usable_row(model, staged, key='event_id') %}

with

built as (

    select * from {{ model }}

),

staged_row as (

    {% for table in staged -%}
    select
        record_key,
        source_system,
        source_table
    from {{ just_read(table) }}
    where set_aside_because is null
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

staged_table as (

    {% for table in staged -%}
    (
        select
            source_system,
            source_table
        from {{ table }}
        limit 1
    )
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

built_row as (

    select distinct
        built.{{ key }} as record_key,
        built.source_system,
        built.source_table
    from built
    inner join staged_table
        on
            built.source_system = staged_table.source_system
            and built.source_table = staged_table.source_table

)

select
    staged_row.record_key as missing_key,
    null as unknown_key
from staged_row
left join {{ whole_table(model) }} as kept
    on staged_row.record_key = kept.{{ key }}
where kept.{{ key }} is null

union all

select
    null as missing_key,
    built_row.record_key as unknown_key
from built_row
where
    {% if not brings_up_to_date() -%}
    not exists (
        select 1
        from staged_row
        where staged_row.record_key = built_row.record_key
    )
    {% else -%}
    -- Asked of each table by itself, so that few keys are looked up by index.
    {% for table in staged -%}
    not exists (
        select 1
        from {{ table }} as usable
        where
            usable.record_key = built_row.record_key
            and usable.set_aside_because is null
    )
    {% if not loop.last %}and {% endif -%}
    {% endfor %}
    {%- endif %}

{% endtest %}
