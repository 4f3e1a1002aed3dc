{# Handbook, chapter 7: what vendors leave behind when they try their own systems. #}

{% macro is_test_name(person_name) -%}
    coalesce(
        -- A space inside a name is a slip of the keyboard, in test names too.
        regexp_replace({{ person_name }}, '[\s\u3000]', '', 'g')
        ~* '测试|ceshi|^test[0-9]*$',
        false
    )
{%- endmacro %}

{# Only the bare word: hearing, vision and intelligence are tested (听力测试) for real. #}
{% macro is_test_word(words) -%}
    coalesce({{ words }} ~* '^(测试(数据|病人|患者|用户)?|ceshi|test) *[0-9]*$', false)
{%- endmacro %}

{% macro is_test_day(day) -%}
    coalesce(extract(year from {{ day }}) = 2099, false)
{%- endmacro %}
