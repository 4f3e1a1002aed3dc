{#
    GB 11643: the eighteen characters of an identity number, weighted, with X for ten, leave
    one modulo eleven. The number must be cleaned before; null or another length is no.
#}
{% macro has_right_check_character(id_number) -%}
    case
        when {{ id_number }} ~ '^[0-9]{17}[0-9X]$'
            then
                (
                    {%- for weight in [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] %}
                    {{ weight }} * substr({{ id_number }}, {{ loop.index }}, 1)::int +
                    {%- endfor %}
                    replace(substr({{ id_number }}, 18, 1), 'X', '10')::int
                ) % 11 = 1
        else false
    end
{%- endmacro %}
