-- One row per column of amounts of each staging model: as landed and as parsed.
-- Two loops inside one another: the linter cannot follow their indents.
-- sqlfluff:exclude_rules:layout.indent,structure.column_order,references.quoting
{%- set with_money = staged_feeds() | selectattr('money') | list %}
with

{% for staged in with_money -%}
{{ staged.model }} as (

    select * from {{ ref(staged.model) }}

),

{% endfor -%}
{% for landing in with_money | map(attribute='landing') | unique -%}
{{ landing }} as (

    select * from {{ source('landing', landing) }}

),

{% endfor -%}
{% for staged in with_money -%}
{{ staged.model }}_total as (

    -- Of the very lines that staging reads, by another way of reading.
    select
        {% for column in staged.money -%}
        {% set cell = 'landed."' ~ column.landed ~ '"' -%}
        {% set place = loop.index -%}
        count(nullif(btrim({{ cell }}), '')) as cells_{{ place }},
        count({{ plain_fen(cell) }}) as readable_{{ place }},
        sum({{ plain_fen(cell) }})::bigint as landed_fen_{{ place }},
        {% if column.staged -%}
        sum(staged.{{ column.staged }})::bigint as staging_fen_{{ place }},
        {% endif -%}
        {% endfor -%}
        count(*) as row_count
    from {{ staged.model }} as staged
    inner join {{ staged.landing }} as landed
        on
            staged._file_id = landed._file_id
            and staged._line_number = landed._line_number

),

{% endfor -%}
every_column as (

    {% for staged in with_money %}
    {% for column in staged.money %}
    {%- set staged_as = "'" ~ column.staged ~ "'" if column.staged else 'null' %}
    select
        '{{ staged.feed }}' as feed,
        '{{ staged.model }}' as staging_model,
        '{{ column.landed }}' as column_name,
        '{{ column.standard }}' as standard_name,
        {{ staged_as }}::text as staging_column,
        cells_{{ loop.index }} as cell_count,
        cells_{{ loop.index }} - readable_{{ loop.index }} as unreadable_count,
        coalesce(landed_fen_{{ loop.index }}, 0) as landed_fen,
        {% if column.staged %}
        coalesce(staging_fen_{{ loop.index }}, 0) as staging_fen
        {% else %}
        null::bigint as staging_fen
        {% endif %}
    from {{ staged.model }}_total

    union all
    {% endfor %}
    {% endfor %}
    -- No feed has to carry amounts.
    select
        null as feed,
        null as staging_model,
        null as column_name,
        null as standard_name,
        null::text as staging_column,
        null::bigint as cell_count,
        null::bigint as unreadable_count,
        null::bigint as landed_fen,
        null::bigint as staging_fen
    where false

),

money_total as (

    select
        *,
        -- A column that staging does not take over as it is cannot be compared.
        staging_column is null or landed_fen = staging_fen as is_balanced
    from every_column

)

select * from money_total
