-- One row per code that a system sends and its code list does not know.
-- sqlfluff:indentation:template_blocks_indent:false
-- noqa: disable=RF01,LT05
{%- set coded = coded_columns() %}
with

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}

),

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
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

counted as (

    select
        file_ledger.feed,
        sent.column_name,
        sent.code_list,
        btrim(sent.code) as code,
        count(*) as row_count,
        min(file_ledger.delivery_date) as first_sent_on
    from sent
    inner join file_ledger on sent._file_id = file_ledger.file_id
    where
        file_ledger.state = 'landed'
        and btrim(sent.code) <> ''
    group by file_ledger.feed, sent.column_name, sent.code_list, btrim(sent.code)

),

known_list as (

    select distinct code_list from code_mapping

),

unmapped_code as (

    select counted.*
    from counted
    -- A list that nobody has entered here says nothing about its codes.
    inner join known_list on counted.code_list = known_list.code_list
    left join code_mapping
        on
            counted.code_list = code_mapping.code_list
            and counted.code = code_mapping.source_code
    where code_mapping.source_code is null

)

select * from unmapped_code
