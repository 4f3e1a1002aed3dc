-- One row per number of a public-health form or township visit, with the unit stated there.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
{# What each form measures: column of staging, item, unit in which the form asks. #}
{%- set forms = {
    'stg_d__hc_healthcheck': [
        ('systolic_pressure', 'systolic_pressure', "'mmHg'"),
        ('diastolic_pressure', 'diastolic_pressure', "'mmHg'"),
        ('height', 'height', "'cm'"),
        ('weight', 'weight', "'kg'"),
        ('fasting_glucose', 'fasting_glucose', "'mmol/L'"),
        ('fasting_glucose_mg_dl', 'fasting_glucose', "'mg/dL'"),
        ('haemoglobin', 'haemoglobin', "'g/L'"),
        ('white_cells', 'white_cells', "'10^9/L'"),
        ('platelets', 'platelets', "'10^9/L'"),
        ('alanine_aminotransferase', 'alanine_aminotransferase', "'U/L'"),
        ('creatinine', 'creatinine', "'umol/L'"),
        ('urea', 'urea', "'mmol/L'"),
        ('total_cholesterol', 'total_cholesterol', "'mmol/L'"),
        ('triglycerides', 'triglycerides', "'mmol/L'"),
        ('ldl_cholesterol', 'ldl_cholesterol', "'mmol/L'"),
        ('hdl_cholesterol', 'hdl_cholesterol', "'mmol/L'"),
    ],
    'stg_d__mdc_hypertensionvisit': [
        ('systolic_mmhg', 'systolic_pressure', "'mmHg'"),
        ('diastolic_mmhg', 'diastolic_pressure', "'mmHg'"),
        ('heart_rate', 'heart_rate', "'/min'"),
    ],
    'stg_d__mdc_diabetesvisit': [
        ('systolic_mmhg', 'systolic_pressure', "'mmHg'"),
        ('diastolic_mmhg', 'diastolic_pressure', "'mmHg'"),
        (
            parse_number('form.fasting_glucose_text'),
            'fasting_glucose',
            "coalesce(form.fasting_glucose_unit_code, 'mmol/L')",
        ),
    ],
    'stg_d__mhc_visitrecord': [
        ('systolic_mmhg', 'systolic_pressure', "'mmHg'"),
        ('diastolic_mmhg', 'diastolic_pressure', "'mmHg'"),
        ('weight', 'weight', "'kg'"),
    ],
    'stg_d__mhc_babyvisit': [('birth_weight', 'birth_weight', "'g'")],
    'stg_c__ys_mz_jzls': [
        ('systolic_mmhg', 'systolic_pressure', "'mmHg'"),
        ('diastolic_mmhg', 'diastolic_pressure', "'mmHg'"),
    ],
    'stg_d__cdh_checkup': [
        ('height', 'height', "'cm'"),
        ('weight', 'weight', "'kg'"),
        ('haemoglobin', 'haemoglobin', "'g/L'"),
    ],
} %}
with

stated as (

    {%- for form, numbers in forms.items() %}

        select
            form.record_key as event_id,
            number.item,
            -- Zero means that nobody measured.
            nullif(number.value_sent, 0) as value_sent,
            number.unit_stated
        from {{ ref(form) }} as form
        cross join
            lateral (
                values
                {%- for column, item, unit in numbers %}
                    (
                        '{{ item }}',
                        {{ column if '(' in column else 'form.' ~ column }}::numeric,
                        {{ unit }}
                    ){{ ',' if not loop.last }}
                {%- endfor %}
            ) as number (item, value_sent, unit_stated)
        where form.set_aside_because is null
        {%- if not loop.last %}

            union all
        {%- endif %}
    {%- endfor %}

),

measured as (

    select *
    from stated
    where value_sent is not null

)

select * from measured
