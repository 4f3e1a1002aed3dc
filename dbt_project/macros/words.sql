{#
    The words of a table and of its columns, in one statement. dbt's own macro asks twice for
    the columns that are there, of views so slow that it takes longer than to fill a small
    table, and passes over a column that is described and is not there. Here that is an error.
#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set words = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do words.append(postgres__alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            {%- do words.append(
                'comment on column ' ~ relation ~ '.'
                ~ (adapter.quote(column.name) if column.quote else column.name)
                ~ ' is ' ~ postgres_escape_comment(column.description) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if words and not is_compared() -%}
        {%- call statement('words') -%}
            {{ words | join('\n') }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}


{# The columns of a relation, asked of the catalogue itself: the standard's view is slow. #}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('columns', fetch_result=True) -%}
        select
            attribute.attname as column_name,
            format_type(attribute.atttypid, null) as data_type,
            information_schema._pg_char_max_length(
                attribute.atttypid, attribute.atttypmod
            ) as character_maximum_length,
            information_schema._pg_numeric_precision(
                attribute.atttypid, attribute.atttypmod
            ) as numeric_precision,
            information_schema._pg_numeric_scale(
                attribute.atttypid, attribute.atttypmod
            ) as numeric_scale
        from pg_attribute as attribute
        where
            attribute.attrelid = to_regclass('{{ relation.render() }}')
            and attribute.attnum > 0
            and not attribute.attisdropped
        order by attribute.attnum
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('columns').table)) }}
{%- endmacro %}
