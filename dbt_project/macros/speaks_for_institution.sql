{#
    An order of the lines by which a list knows one institution, of a branch say or under a
    former code: the one that is open, then the one that began last, speaks for it.
#}
{% macro speaks_for_institution() -%}
    disabled_on desc nulls first,
    enabled_on desc nulls last,
    {{ in_byte_order('code22') }} asc
{%- endmacro %}
