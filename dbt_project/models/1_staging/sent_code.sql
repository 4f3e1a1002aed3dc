-- One row per code that a file holds, of every column that has a code list.
-- sqlfluff:indentation:template_blocks_indent:false
-- noqa: disable=RF01,LT05
{%- set coded = coded_columns() %}
{{ config(materialized='by_file') }}
with

{% for table in coded -%}
{{ table.name }} as (

    select * from {{ source('landing', table.name) }}

),

{% endfor -%}
sent as (

    {% for table in coded -%}
    -- One pass over a table, whatever the number of its coded columns.
    select
        landed._file_id,
        cell.column_name,
        cell.code_list,
        -- A cell may hold several codes; no code holds a separator.
        regexp_split_to_table(cell.codes, '[,，、|]') as code
    from {{ table.name }} as landed
    cross join
        lateral (
            values
            {%- for column in table.columns %}
            ('{{ column.name }}', '{{ column.codes }}', landed."{{ column.name }}")
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ) as cell (column_name, code_list, codes)
    -- The rest of what was sent is counted already.
    {{ waiting_files_only(table.feed) }}
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

sent_code as (

    select
        _file_id,
        column_name,
        code_list,
        btrim(code) as code,
        count(*) as row_count
    from sent
    where btrim(code) <> ''
    group by _file_id, column_name, code_list, btrim(code)

)

select * from sent_code
