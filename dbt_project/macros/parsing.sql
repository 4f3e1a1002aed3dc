{# Each calls the SQL function of the same name (dbt_project/functions), null on bad input. #}

{% macro parse_date(value) -%}
    {{ function('parse_date') }}({{ value }})
{%- endmacro %}

{% macro parse_timestamp(value) -%}
    {{ function('parse_timestamp') }}({{ value }})
{%- endmacro %}

{% macro parse_number(value) -%}
    {{ function('parse_number') }}({{ value }})
{%- endmacro %}

{% macro parse_integer(value) -%}
    {{ function('parse_integer') }}({{ value }})
{%- endmacro %}

{% macro parse_fen(value) -%}
    {{ function('parse_fen') }}({{ value }})
{%- endmacro %}

{#
    An amount in a unit of so many fen: 100 for yuan, 1000000 for 万元; rounded at the end. Null
    where a bigint cannot hold it: no county has so much.
#}
{% macro parse_amount(value, fen_per_unit) -%}
    {%- set fen = function('parse_number') ~ '(' ~ value ~ ') * ' ~ fen_per_unit -%}
    case when abs({{ fen }}) < 1e18 then round({{ fen }})::bigint end
{%- endmacro %}

{% macro parse_yes_no(value) -%}
    {{ function('parse_yes_no') }}({{ value }})
{%- endmacro %}

{% macro parse_icd(value, place=1) -%}
    {{ function('parse_icd') }}({{ value }}, {{ place }})
{%- endmacro %}

{% macro parse_systolic(systolic) -%}
    {{ function('parse_systolic') }}({{ systolic }})
{%- endmacro %}

{% macro parse_diastolic(systolic, diastolic) -%}
    {{ function('parse_diastolic') }}({{ systolic }}, {{ diastolic }})
{%- endmacro %}

{% macro parse_lab_number(value) -%}
    {{ function('parse_lab_number') }}({{ value }})
{%- endmacro %}

{% macro parse_lab_comparator(value) -%}
    {{ function('parse_lab_comparator') }}({{ value }})
{%- endmacro %}

{% macro clean_unit(value) -%}
    {{ function('clean_unit') }}({{ value }})
{%- endmacro %}

{% macro clean_text(value) -%}
    {{ function('clean_text') }}({{ value }})
{%- endmacro %}

{#
    A code or a number that names something: only blanks around it are not part of it. What is
    longer than a key may be (LONGEST_KEY of landing) was typed or shifted into the column and
    names nothing; an index could not hold it.
#}
{% macro trim_code(value) -%}
    nullif(btrim({{ short_enough(value) }}), '')
{%- endmacro %}

{# The same of a number for which people type words like 无. #}
{% macro clean_number(value) -%}
    {{ clean_text(short_enough(value)) }}
{%- endmacro %}

{% macro short_enough(value) -%}
    case when octet_length({{ value }}) <= 300 then {{ value }} end
{%- endmacro %}

{# A finding as the list of laboratory findings spells it: brackets and signs narrow, no blanks. #}
{% macro fold_finding(value) -%}
    translate({{ value }}, U&'（）＋－\3000 ', '()+-')
{%- endmacro %}
