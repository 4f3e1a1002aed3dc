-- One row per health examination form: its findings, and what is missing of a complete one.
{# Handbook 3.D, note to D02: the entries of a complete form of an elderly person. #}
{%- set complete_with = [
    'systolic_pressure', 'diastolic_pressure', 'height', 'weight', 'haemoglobin',
    'white_cells', 'platelets', 'alanine_aminotransferase', 'creatinine', 'urea',
    'total_cholesterol', 'triglycerides', 'ldl_cholesterol', 'hdl_cholesterol',
    'ecg_result_code', 'ultrasound_result_code', 'health_advice_code',
] %}
with

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

sent as (

    select * from {{ ref('stg_d__hc_healthcheck') }}

),

found as (

    select
        health_exam.*,
        sent.archive_id,
        sent.entered_on,
        sent.ecg_result_code,
        sent.ultrasound_result_code,
        sent.tcm_constitution_code,
        sent.health_advice_code,
        num_nulls(
            coalesce(sent.fasting_glucose, sent.fasting_glucose_mg_dl),
            {%- for entry in complete_with %}
                sent.{{ entry }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as missing_entry_count
    from health_exam
    inner join sent
        on health_exam.event_id = sent.record_key

),

health_exam_result as (

    select
        -- keys
        event_id,
        archive_id,
        -- who and where
        person_id,
        institution_code,
        town_code,
        -- what and when
        exam_kind_code,
        examined_on,
        entered_on,
        ecg_result_code,
        ultrasound_result_code,
        tcm_constitution_code,
        health_advice_code,
        -- measures
        missing_entry_count,
        missing_entry_count = 0 as is_complete,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from found

)

select * from health_exam_result
