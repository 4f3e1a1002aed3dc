{#
    A layer's schema is called what the design calls it, in every installation. In a shadow of
    the warehouse (loaders/changes/shadow.py) models of staging and record have schemas beside.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if is_shadow()
        and node.resource_type == 'model'
        and node.fqn[1] in ('1_staging', '3_record') -%}
        shadow_
    {%- endif -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

{% macro is_shadow() -%}
    {{ return(env_var('ONECARD_DBT_SHADOW', '') == 'yes') }}
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
