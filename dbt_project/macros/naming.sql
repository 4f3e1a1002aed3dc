{#
    A layer's schema is called what the design calls it, in every installation. In a shadow of
    the warehouse the models of some layers have schemas beside: `shadow_…` for everything
    built from nothing (loaders/changes/shadow.py), `as_of_…` for what was known at an earlier
    release (loaders/past).
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if node.resource_type == 'model' and node.fqn[1] in shadowed_layers() -%}
        {{ shadow_kind() }}_
    {%- endif -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

{% macro shadow_kind() -%}
    {{ return(env_var('ONECARD_DBT_SHADOW', '')) }}
{%- endmacro %}

{% macro is_shadow() -%}
    {{ return(shadow_kind() != '') }}
{%- endmacro %}

{# Whether it is a shadow that is compared and dropped: it needs no words, for nobody reads it. #}
{% macro is_compared() -%}
    {{ return(shadow_kind() == 'shadow') }}
{%- endmacro %}

{% macro shadowed_layers() -%}
    {{ return({
        'shadow': ['1_staging', '3_record'],
        'as_of': ['1_staging', '2_identity', '3_record'],
    }.get(shadow_kind(), [])) }}
{%- endmacro %}

{# The schema already says identity, record or audit: the table's name need not repeat it. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- elif node.resource_type == 'model' and node.name[:4] in ('idn_', 'rec_', 'aud_') -%}
        {{ node.name[4:] }}
    {%- else -%}
        {{ node.name }}
    {%- endif -%}
{%- endmacro %}
