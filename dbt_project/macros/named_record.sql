{#
    What a record that names a person may say, in one order for all systems: the columns of
    every model in models/2_identity/named. A feed lists the columns that it has; the others
    are null.
#}
{% macro said_of_a_person() %}
    {{- return({
        'person_name': 'text',
        'id_number': 'text',
        'id_type_code': 'text',
        'sex_code': 'text',
        'born_on': 'date',
        'birth_order': 'smallint',
        'is_newborn_hint': 'boolean',
        'died_on': 'date',
        'ethnicity_code': 'text',
        'phone': 'text',
        'address': 'text',
        'town_code': 'text',
        'health_index_id': 'text',
        'archive_id': 'text',
        'insurance_number': 'text',
        'household_id': 'text',
        'birth_certificate_no': 'text',
        'vaccination_code': 'text',
        'social_card_no': 'text',
        'health_card_no': 'text',
        'card_no': 'text',
        'card_org_code': 'text',
        'outpatient_no': 'text',
        'medical_record_no': 'text',
        'reference_key': 'text',
        'mother_name': 'text',
        'mother_id_number': 'text',
        'mother_record_key': 'text',
        'born_from': 'date',
        'born_until': 'date',
        'gave_birth_on': 'date',
        'live_births': 'smallint',
        'guardian_name': 'text',
        'householder_name': 'text',
        'is_householder': 'boolean',
    }) -}}
{% endmacro %}


{% macro key_of_a_record() %}
    {{- return([
        'record_key', 'source_system', 'source_table', 'org_code', 'native_id', 'native_part',
    ]) -}}
{% endmacro %}


{#
    The select list of one feed. `said` are the columns that staging has under the same name;
    `read` gives an expression for others, and may replace a column of the key. A record whose
    key has named somebody else before is as old as the first version that names its person.
#}
{% macro named_record(record, said=[], read={}) %}
        {%- for column in key_of_a_record() %}
        {{ read.get(column, record ~ '.' ~ column) }} as {{ column }},
        {%- endfor %}
        {%- for column, kind in said_of_a_person().items() %}
        {%- set otherwise = record ~ '.' ~ column if column in said else 'null::' ~ kind %}
        {%- set told = read.get(column, otherwise) %}
        {#- Nobody has a name or a number so long, and no index could hold it. #}
        {%- set is_told = told != 'null::' ~ kind and kind == 'text' %}
        {%- set may_be_long = column in ('address', 'reference_key', 'mother_record_key') %}
        {{ short_enough(told) if is_told and not may_be_long else told }} as {{ column }},
        {%- endfor %}
        {%- set named_since = read.get('named_since', record ~ '._named_since') %}
        coalesce(
            left({{ named_since }}, 10)::date,
            {{ read.get('_first_delivery_on', record ~ '._first_delivery_on') }}
        ) as _first_delivery_on,
        {{ named_since }} as named_since,
        {{ record }}._last_delivery_on,
        {{ record }}.set_aside_because
{%- endmacro %}


{# An identity number without what clerks type around it, to see whether two are the same. #}
{% macro bare_number(id_number) -%}
    nullif(
        regexp_replace(upper(normalize({{ id_number }}, nfkc)), '[^0-9A-Z]', '', 'g'), ''
    )
{%- endmacro %}

{# 离院方式 5: the front page of a stay that ended with the patient's death (D-LYFS). #}
{% macro died_in_hospital(front_page, discharged_on) -%}
    case when {{ front_page }}.discharge_way_code = '5' then {{ discharged_on }} end
{%- endmacro %}

{# A small number, null when it is too large to be one. #}
{% macro small(number) -%}
    case when {{ number }} between 1 and 9 then {{ number }}::smallint end
{%- endmacro %}
