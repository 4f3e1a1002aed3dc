{# What clients of the family-doctor system put between the items of a list: , 、 or |. #}
{% macro list_separator() -%}
    '\s*[,，、|;；]\s*'
{%- endmacro %}
