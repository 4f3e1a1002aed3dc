{#
    An amount in yuan as text, in fen, read in the plainest way there is: audits use it to
    check the parser by another one.
#}
{% macro plain_fen(value) -%}
    round(nullif(regexp_replace({{ value }}, '[^0-9.-]', '', 'g'), '')::numeric * 100)
{%- endmacro %}
