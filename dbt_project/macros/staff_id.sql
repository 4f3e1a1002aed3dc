{#
    Who a member of staff is in the record: institution, number on its roster, and six characters
    of a digest of the identity number. Numbers on the roster are used again after somebody
    leaves, the digest tells such people apart; it is short, so that no number can be found
    from it.
#}
{% macro staff_id(institution_code, staff_number, id_number) -%}
    concat_ws(
        '|',
        coalesce({{ institution_code }}, ''),
        coalesce({{ staff_number }}, ''),
        left(md5(coalesce({{ bare_number(id_number) }}, '')), 6)
    )
{%- endmacro %}
