-- One row per table and reason for which rows cannot be used or do not count.
-- sqlfluff:indentation:template_blocks_indent:false
{% set staged = [
    'stg_a__ms_brda', 'stg_a__ys_mz_jzls', 'stg_a__ms_brzd', 'stg_a__ms_mzxx',
    'stg_a__zy_brry', 'stg_a__basy',
    'stg_b__tb_yl_patient_information', 'stg_b__tb_yl_mz_medical_record',
    'stg_b__tb_ih_diagnosis_detail', 'stg_b__tb_his_mz_fee_detail',
    'stg_b__tb_his_zy_adm_reg', 'stg_b__tb_cis_leavehospital_summary',
    'stg_c__ms_brda', 'stg_c__ys_mz_jzls', 'stg_c__ms_brzd', 'stg_c__ms_mzxx',
    'stg_c__zy_brry',
    'stg_d__ehr_healthrecord', 'stg_d__hc_healthcheck', 'stg_d__mdc_hypertensionrecord',
    'stg_d__mdc_hypertensionvisit', 'stg_d__dea_deathreportcard',
    'stg_e__pub_familyteam', 'stg_e__scm_signcontractrecord',
    'stg_f__psn_insu_d', 'stg_f__setl_d',
    'stg_h__institution', 'stg_h__population',
] %}
with

{% for model in staged -%}
{{ model }} as (

    select
        source_system,
        source_table,
        set_aside_because
    from {{ ref(model) }}

),

{% endfor -%}
encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

every_reason as (

    {% for model in staged -%}
    select
        'staging' as layer,
        source_system,
        source_table,
        set_aside_because as reason
    from {{ model }}
    where set_aside_because is not null

    union all

    {% endfor -%}
    select
        'record' as layer,
        source_system,
        source_table,
        coalesce(set_aside_because, not_counted_because) as reason
    from encounter
    where not is_counted

    union all

    select
        'record' as layer,
        source_system,
        source_table,
        not_counted_because as reason
    from settlement
    where not is_counted

),

counted_reason as (

    select
        layer,
        source_system,
        source_table,
        reason,
        count(*) as row_count
    from every_reason
    group by layer, source_system, source_table, reason

)

select * from counted_reason
