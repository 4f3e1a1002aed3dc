{#
    The body of a function. dbt writes every function in SQL; PostgreSQL runs one that goes
    through several steps a hundred times faster in its procedural language, so a function may
    ask for that with `config.meta.language`.
#}
{% macro postgres__scalar_function_body_sql() %}
    $$
{{ model.compiled_code }}
    $$ language {{ model.config.meta.get('language', 'sql') }} parallel safe
{% endmacro %}
