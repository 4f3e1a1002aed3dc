{#
    The standard code of a value, from a row of code_mapping that was joined on it. A value
    that the list does not name stays as it was sent, so that it can be found and listed.
#}
{% macro standard_code(mapping, value) -%}
    case
        when {{ mapping }}.source_code is null then {{ trim_code(value) }}
        else {{ mapping }}.standard_code
    end
{%- endmacro %}
