{#
    The models of the record read the rows of affected persons in place of all rows. For the
    record as of a release all models read the sources as they were then.
#}
{% macro ref() -%}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {{ return(affected_instead(varargs[-1], relation)) }}
{%- endmacro %}

{% macro source() -%}
    {%- set relation = builtins.source(*varargs) -%}
    {%- if shadow_kind() == 'as_of'
        and execute | default(false)
        and model.resource_type == 'model' -%}
        {#- What is not laid out there must not be read as it is today (loaders/past). -#}
        {{ return(api.Relation.create(
            database=relation.database, schema='as_of_input', identifier=relation.identifier
        )) }}
    {%- endif -%}
    {{ return(affected_instead(varargs[-1], relation)) }}
{%- endmacro %}

{% macro affected_instead(name, relation) -%}
    {%- if not (execute | default(false))
        or flags.FULL_REFRESH
        or flags.WHICH not in ('run', 'compile')
        or model.resource_type != 'model'
        or not model.path.startswith(('3_record/', '2_identity/golden/'))
        or model.config.get('materialized') not in ('per_person', 'ephemeral') -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set asked = "select to_regclass('affected." ~ name ~ "') is not null" -%}
    {%- if run_query(asked).columns[0].values()[0] -%}
        {{ return(api.Relation.create(
            database=relation.database, schema='affected', identifier=name
        )) }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
