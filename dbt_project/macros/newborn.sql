{#
    Handbook, chapter 3.A: a newborn is registered as 某某之子 or 某某之女 with the mother's
    number or none. The name then says whose child it is, and a number beside it is hers.
#}
{% macro newborn_name_pattern() -%}
    '^(.{2,8}?)之[长次大小一二三]?(子|女|儿|婴|男|男婴|女婴)[^之]{0,4}$'
{%- endmacro %}

{% macro is_newborn_name(person_name) -%}
    coalesce({{ person_name }} ~ {{ newborn_name_pattern() }}, false)
{%- endmacro %}

{# The parent's name in such a name, null in any other. #}
{% macro parent_in_name(person_name) -%}
    substring({{ person_name }} from {{ newborn_name_pattern() }})
{%- endmacro %}

{# 3天, 12小时: an age in hours, or in days below 29. #}
{% macro is_newborn_age(age_text) -%}
    coalesce(
        {{ age_text }} ~ '^ *(([01]?[0-9]|2[0-8]) *[天日]|[0-9]+ *(小?时|分钟?))', false
    )
{%- endmacro %}
