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
        or not (is_of_persons() or is_of_candidates()) -%}
        {{ return(relation) }}
    {%- endif -%}
    {#- Who is affected in part has rows only in what is laid out for models apart. -#}
    {%- set meta = model.config.meta -%}
    {%- set kinds = ['apart_', ''] if meta.get('stands_apart')
        else ['event_', ''] if meta.get('of_events')
        else [''] if meta.get('lists_events') else ['whole_', ''] -%}
    {%- for kind in kinds if is_affected_laid_out(kind ~ name) -%}
        {{ return(affected_relation(kind ~ name)) }}
    {%- endfor -%}
    {{ return(relation) }}
{%- endmacro %}


{# Whether this is a model of which the rows of affected persons are built again. #}
{% macro is_of_persons() -%}
    {{ return(
        model.path.startswith(('3_record/', '2_identity/golden/'))
        and model.config.get('materialized') in ('per_person', 'ephemeral')
    ) }}
{%- endmacro %}

{#
    Whether it is one of the candidates of identity, whose SQL is prepared to be asked of the
    records that wait (loaders/changes/candidates.py).
#}
{% macro is_of_candidates() -%}
    {{ return(
        flags.WHICH == 'compile'
        and model.path.startswith('2_identity/')
        and not model.path.startswith('2_identity/golden/')
    ) }}
{%- endmacro %}


{# Whether rows of affected persons are laid out in place of all rows of this. #}
{% macro is_affected_laid_out(name) -%}
    {%- if flags.WHICH == 'run' -%}
        {#- Known since this run began, or told by the model that was built (per_person). -#}
        {{ return(adapter.get_relation(target.database, 'affected', name) is not none) }}
    {%- endif -%}
    {%- set asked = "select to_regclass('affected." ~ name ~ "') is not null" -%}
    {{ return(run_query(asked).columns[0].values()[0]) }}
{%- endmacro %}

{% macro affected_relation(name, type='table') -%}
    {{ return(api.Relation.create(
        database=target.database, schema='affected', identifier=name, type=type
    )) }}
{%- endmacro %}


{#
    Lets dbt look once what is laid out: models ask for hundreds. Before the first of them, for
    one that asks while another still reads the answer would see a part of it.
#}
{% macro look_what_is_affected() -%}
    {%- if execute and flags.WHICH == 'run' and not flags.FULL_REFRESH -%}
        {%- do adapter.get_relation(target.database, 'affected', '') -%}
    {%- endif -%}
{%- endmacro %}
