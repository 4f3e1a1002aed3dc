-- One row per source record that names a person, of all systems: what it says of the
-- person, and which relatives it names beside.
-- sqlfluff:indentation:template_blocks_indent:false
-- noqa: disable=AM04
{{ config(materialized='ephemeral') }}
with

{% for system in ['a', 'b', 'c', 'd', 'd_family', 'e', 'f', 'g'] -%}
named_{{ system }} as (

    select * from {{ ref('idn_named_' ~ system) }}

),

{% endfor -%}
every_record as (

    {% for system in ['a', 'b', 'c', 'd', 'd_family', 'e', 'f', 'g'] -%}
    select * from named_{{ system }}

    {% if not loop.last -%}
    union all

    {% endif -%}
    {% endfor -%}
),

named as (

    select
        *,
        -- A mother's number on her newborn is nobody else's: the record says so by the
        -- name, or by giving the same number as hers.
        coalesce(
            {{ is_newborn_name('person_name') }}
            or (
                mother_id_number is not null
                and {{ bare_number('id_number') }} = {{ bare_number('mother_id_number') }}
            ),
            false
        ) as has_number_of_mother,
        {{ parent_in_name('person_name') }} as parent_name
    from every_record

)

select * from named
