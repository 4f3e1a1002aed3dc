{#
    An amount in yuan as text, in fen, read in the plainest way there is: audits use it to
    check the parser by another one. Thousands separators, signs of currency, brackets for
    what is owed and full-width digits are read; null for what is no amount. A cast is
    reached only by what is a number, because PostgreSQL quotes what it cannot cast.
#}
{% macro plain_fen(value) -%}
    {%- set figure -%}
        translate({{ value }}, U&'０１２３４５６７８９．。－＋（）,，￥¥元 \3000\00A0\0009', '0123456789..-+()')
    {%- endset -%}
    {%- set amount -%}
        round(100 * case
            when {{ value }} ~ '^-?[0-9]{1,15}([.][0-9]{1,15})?$' then {{ value }}::numeric
            when {{ figure }} ~ '^[-+]?[0-9]{1,15}([.][0-9]{0,15})?$' then {{ figure }}::numeric
            when {{ figure }} ~ '^[(][-+]?[0-9]{1,15}([.][0-9]{0,15})?[)]$'
                then -btrim({{ figure }}, '()')::numeric
        end)
    {%- endset -%}
    {{ amount | replace('\n', ' ') }}
{%- endmacro %}
