{#
    Rows of several feeds in one shape, for the tables of the record that hold the forms of
    all health programmes: a feed lists the columns that staging has under the same name,
    `read` gives an expression for others, and what a form does not ask is null.
#}
{% macro row_of_form(form, columns, said=[], read={}) %}
        {%- for column in key_of_a_record() %}
        {{ form }}.{{ column }},
        {%- endfor %}
        {{ form }}._file_id,
        {{ form }}._line_number,
        {%- for column, kind in columns.items() %}
        {%- set otherwise = form ~ '.' ~ column if column in said else 'null::' ~ kind %}
        {{ read.get(column, otherwise) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}


{# What the master form of a health programme may say: the columns of rec_programme_record. #}
{% macro programme_record_columns() %}
    {{- return({
        'programme': 'text',
        'record_id': 'text',
        'archive_id': 'text',
        'manage_unit_id': 'text',
        'begins_on': 'date',
        'diagnosed_on': 'date',
        'first_visited_on': 'date',
        'is_closed': 'boolean',
        'ends_on': 'date',
        'end_reason_code': 'text',
        'treatment_stop_reason_code': 'text',
        'is_confirmed': 'boolean',
        'has_informed_consent': 'boolean',
        'diagnosis_code': 'text',
        'risk_level_code': 'text',
        'diabetes_type_code': 'text',
        'supervisor_code': 'text',
        'self_care_score': 'int',
        'due_dose_count': 'int',
        'taken_dose_count': 'int',
        'entered_on': 'date',
    }) -}}
{% endmacro %}


{# What the form of a visit under a programme may say: the columns of rec_follow_up. #}
{% macro follow_up_columns() %}
    {{- return({
        'programme': 'text',
        'follow_up_kind': 'text',
        'follow_up_id': 'text',
        'record_id': 'text',
        'archive_id': 'text',
        'manage_unit_id': 'text',
        'followed_up_on': 'date',
        'entered_on': 'date',
        'is_late_entry': 'boolean',
        'follow_up_way_code': 'text',
        'follow_up_result_code': 'text',
        'is_found': 'boolean',
        'follow_up_class_code': 'text',
        'medication_adherence_code': 'text',
        'illness_state_code': 'text',
        'danger_level_code': 'text',
        'missed_dose_count': 'int',
        'gestation_weeks': 'int',
        'exam_age_months': 'int',
        'birth_order': 'int',
    }) -}}
{% endmacro %}
