{#
    Since when a key has named whom it names now. A system can give the number of a card to
    somebody else; the key stays, and the person that it speaks of is another one.

    Two versions name different persons when their names differ, and their birthdays by year
    and by day: those in their valid numbers, or, where either has none, those beside. Where a
    birthday agrees in part they do when the numbers differ and the names have no character in
    common. All else is a correction: clerks put name and number right at once, and a wrong
    number can be a valid one. What names a newborn after a parent has the parent's number,
    and the child gets a name of its own later: it names nobody else. A first of January is
    often no birthday.

    `named_since` says where in the deliveries the first version stands that names the
    present person: day, file, part, line. It is null while no other came before it, and so
    for nearly every key. A key that gets its first person back has null again.
#}
{% macro tells_who(contract) %}
    {{- return('person_name' in contract.names
        and ('id_number' in contract.names or 'born_on' in contract.names)) -}}
{% endmacro %}


{#
    Queries after `newest_full_list`; the last, `named_since`, has a row for each key that has
    named somebody else before. `file` is what the files are read from, and `stored_as` its
    column for the file that holds the rows.
#}
{% macro named_since(contract, told_apart_by, file, stored_as) %}
    {%- set said = {
        'name': clean_text('landed."' ~ contract.names.person_name ~ '"'),
        'number': 'null::text',
        'born_on': 'null::date',
    } -%}
    {%- if 'id_number' in contract.names -%}
        {%- do said.update(
            {'number': bare_number('landed."' ~ contract.names.id_number ~ '"')}
        ) -%}
    {%- endif -%}
    {%- if 'born_on' in contract.names -%}
        {%- do said.update({'born_on': parse_date('landed."' ~ contract.names.born_on ~ '"')}) -%}
    {%- endif %}
    -- Keys that have come with more than one name: few have.
    renamed as (

        select {{ key_hash(contract, 'landed') }} as key_hash
        from {{ source('landing', contract.name) }} as landed
        {{- waiting_keys_only(contract) }}
        group by 1
        having
            min(landed."{{ contract.names.person_name }}" collate "C")
            <> max(landed."{{ contract.names.person_name }}" collate "C")

    ),

    -- Whom each version names, beside whom the newest one names.
    naming as (

        select
            {{ key_hash(contract, 'landed') }} as key_hash,
            {%- for part in parts_of_key(contract, told_apart_by) %}
            {{ part }} as key_{{ loop.index }},
            {%- endfor %}
            concat_ws(
                '|',
                file.delivery_date,
                file.file_name,
                file.member_name,
                lpad(landed._line_number::text, 10, '0')
            ) collate "C" as place,
            {%- for what, expression in said.items() %}
            {{ expression }} as {{ what }},
            first_value({{ expression }}) over newest_first as now_{{ what }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ source('landing', contract.name) }} as landed
        inner join {{ file }} as file
            on landed._file_id = file.{{ stored_as }}
        {%- if has_full_lists(contract) %}
        cross join newest_full_list
        {%- endif %}
        where {{ key_hash(contract, 'landed') }} in (select key_hash from renamed)
        {{- version_window(contract, told_apart_by) }}

    ),

    judged as (

        select
            naming.*,
            coalesce({{ names_somebody_else() }}, false) as is_somebody_else
        from naming

    ),

    named_since as (

        select
            key_hash,
            {{ keys_of_parts(contract, told_apart_by) }},
            min(place) filter (where not is_somebody_else) as place
        from judged
        group by key_hash, {{ keys_of_parts(contract, told_apart_by) }}
        having min(place) filter (where not is_somebody_else) > min(place)

    ),
{%- endmacro %}


{# What tells the rows of a feed apart, each an expression over `landed` and `file`. #}
{% macro parts_of_key(contract, told_apart_by) %}
    {%- set parts = [] -%}
    {%- for column in contract.key -%}
        {%- do parts.append(part_of_key(column)) -%}
    {%- endfor -%}
    {%- if told_apart_by -%}
        {%- do parts.append(told_apart_by) -%}
    {%- endif -%}
    {{- return(parts) -}}
{% endmacro %}


{# What ties a row to its key's row of `named_since`. #}
{% macro key_columns(contract, told_apart_by) %}
            {%- for part in parts_of_key(contract, told_apart_by) %}
            {{ part }} as _key_{{ loop.index }},
            {%- endfor %}
{%- endmacro %}

{% macro join_named_since(contract, told_apart_by) %}
    left join named_since
        on
            -- Rows are found by the hash; a part of a key can be null.
            sent._key_hash = named_since.key_hash
            {%- for part in parts_of_key(contract, told_apart_by) %}
            and sent._key_{{ loop.index }} is not distinct from named_since.key_{{ loop.index }}
            {%- endfor %}
{%- endmacro %}

{% macro keys_of_parts(contract, told_apart_by) -%}
    {%- for part in parts_of_key(contract, told_apart_by) -%}
        key_{{ loop.index }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{# Null where it cannot be told. #}
{% macro names_somebody_else() -%}
name <> now_name
                and not {{ is_newborn_name('name') }}
                and not {{ is_newborn_name('now_name') }}
                and case
                    when
                        {{ has_right_check_character('number') }}
                        and {{ has_right_check_character('now_number') }}
                        then
                            number <> now_number
                            and (
                                -- Not a character in common.
                                translate(name, now_name, '') = name
                                or substr(number, 7, 4) <> substr(now_number, 7, 4)
                                and substr(number, 11, 4) <> substr(now_number, 11, 4)
                            )
                    when
                        to_char(born_on, 'MMDD') <> '0101'
                        and to_char(now_born_on, 'MMDD') <> '0101'
                        then
                            to_char(born_on, 'YYYY') <> to_char(now_born_on, 'YYYY')
                            and to_char(born_on, 'MMDD') <> to_char(now_born_on, 'MMDD')
                end
{%- endmacro %}
