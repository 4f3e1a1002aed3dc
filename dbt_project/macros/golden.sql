{# An order that is the same on every server, whatever language it speaks. #}
{% macro in_byte_order(value) -%}
    {{ value }} collate "C"
{%- endmacro %}

{#
    The check character that belongs to the first seventeen digits of an identity number
    (GB 11643). Only for digits: what is not seventeen of them has no check character.
#}
{% macro check_character(first_17) -%}
    substr(
        '10X98765432',
        (
            {%- for weight in [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] %}
            {{ weight }} * substr({{ first_17 }}, {{ loop.index }}, 1)::int
            {{- ' +' if not loop.last }}
            {%- endfor %}
        ) % 11 + 1,
        1
    )
{%- endmacro %}

{# A number of fifteen digits in the form of eighteen; nobody born before 1900 is alive. #}
{% macro lengthened_number(id_number) -%}
    {%- set first_17 = "(substr(" ~ id_number ~ ", 1, 6) || '19' || substr(" ~ id_number ~ ", 7))" -%}
    {{ first_17 }} || {{ check_character(first_17) }}
{%- endmacro %}

{# An address in one form of writing: full width narrowed, no blanks and line breaks. #}
{% macro address_as_written(value) -%}
    nullif(regexp_replace(normalize({{ value }}, nfkc), '\s', '', 'g'), '')
{%- endmacro %}

{#
    The characters of a number as typed: full width narrowed, signs around it and in it gone,
    and the `.0` of a number that was a number.
#}
{% macro number_as_typed(value) -%}
    regexp_replace(
        translate(upper(normalize({{ value }}, nfkc)), '×✕╳ХΧ', 'XXXXX'),
        '\.0*$|[^0-9X]',
        '',
        'g'
    )
{%- endmacro %}

{# A birth date that an identity number states, null when it is not a day. #}
{% macro birth_date_of_number(id_number) -%}
    case
        when pg_input_is_valid(substr({{ id_number }}, 7, 8), 'date')
            then substr({{ id_number }}, 7, 8)::date
    end
{%- endmacro %}

{#
    The first usable number of a phone field, as loaders/identity/contact.py reads it: a
    mobile number, else a landline without its area code. What is typed to get past a
    required field (13800000000) is none.
#}
{% macro usable_phone(value) -%}
    {%- set digits = "regexp_replace(normalize(" ~ value ~ ", nfkc), '[\\s()]', '', 'g')" -%}
    {#- A placeholder leaves nothing of itself, so that the field is read once. #}
    nullif(
        coalesce(
            regexp_replace(
                substring({{ digits }} from '1[3-9][0-9]{9}(?![0-9])'),
                '^(1[0-9]{2}([0-9])\2{7}|1380013800[0-9])$',
                ''
            ),
            case
                when {{ digits }} ~ '^(0[0-9]{2,3})?-?[2-9][0-9]{6,7}$'
                    then substring({{ digits }} from '[2-9][0-9]{6,7}$')
            end
        ),
        ''
    )
{%- endmacro %}

{#
    A name in one form of writing: full width narrowed, no blanks inside a Chinese one, and
    without what clerks put behind it (王某某（新）, 王某某2).
#}
{% macro person_name_as_written(value) -%}
    {%- set bare = "regexp_replace(normalize(" ~ value ~ ", nfkc), '[(\\[{【〔<《].*$|[0-9]+$', '')" -%}
    nullif(
        case
            when {{ value }} ~ '[㐀-鿿]'
                then regexp_replace(translate({{ bare }}, '•・‧∙⋅', '·····'), '\s', '', 'g')
            else btrim(regexp_replace({{ bare }}, '\s+', ' ', 'g'))
        end,
        ''
    )
{%- endmacro %}

{#
    How completely a value is written, 4 is whole. A name: some characters lost or spelt out
    (3), in letters (2), called after a parent (1), nothing but lost characters (0). A birth
    date: 1 January is what is typed when only the year is known (3), unless a number proves
    it. An address: without village, road or house (3).
#}
{% macro completeness(attribute, value, standing) -%}
    case
        when {{ attribute }} = 'name'
            then
                case
                    when {{ value }} ~ '之[长次大小一二三]?[子女儿婴男]|新生儿|[男女]婴$' then 1
                    when {{ value }} ~ '[A-Za-z]' and {{ value }} !~ '[㐀-鿿]' then 2
                    when {{ value }} !~ '[㐀-鿿𠀀-𲎯]' then 0
                    when
                        {{ value }} ~ '[?*□〓■○●◇�A-Za-z]'
                        or {{ value }} ~ U&'[\E000-\F8FF]'
                        then 3
                    else 4
                end
        when {{ attribute }} = 'birth_date' and {{ standing }} <> 'id_derived'
            then case when {{ value }} like '%-01-01' then 3 else 4 end
        when {{ attribute }} = 'current_address'
            then case when {{ value }} ~ '[0-9]|村|社区|居委会|路|街' then 4 else 3 end
        else 4
    end
{%- endmacro %}
