-- One row per delivered table: its rows and its money, layer by layer.
-- sqlfluff:indentation:template_blocks_indent:false
{#- Feed, landing table, staging model, the layer's table in the record, the landed column of
    money and its parsed name. Tables without events or money leave those parts empty. -#}
{% set tables = [
    ('A01', 'a01_ms_brda', 'stg_a__ms_brda', none, none),
    ('A02', 'a02_ys_mz_jzls', 'stg_a__ys_mz_jzls', none, none),
    ('A03', 'a03_ms_brzd', 'stg_a__ms_brzd', none, none),
    ('A06', 'a06_ms_mzxx', 'stg_a__ms_mzxx', 'ZJJE', 'total_fee_fen'),
    ('A08', 'a08_zy_brry', 'stg_a__zy_brry', none, none),
    ('A11', 'a11_basy', 'stg_a__basy', 'ZFY', 'total_fee_fen'),
    ('B01', 'b01_tb_yl_patient_information', 'stg_b__tb_yl_patient_information', none, none),
    ('B02', 'b02_tb_yl_mz_medical_record', 'stg_b__tb_yl_mz_medical_record', none, none),
    ('B03', 'b03_tb_ih_diagnosis_detail', 'stg_b__tb_ih_diagnosis_detail', none, none),
    ('B05', 'b05_tb_his_mz_fee_detail', 'stg_b__tb_his_mz_fee_detail', 'MXXMJE',
     'line_fee_fen'),
    ('B06', 'b06_tb_his_zy_adm_reg', 'stg_b__tb_his_zy_adm_reg', none, none),
    ('B07', 'b07_tb_cis_leavehospital_summary', 'stg_b__tb_cis_leavehospital_summary', 'ZFY',
     'total_fee_fen'),
    ('C01', 'c01_ms_brda', 'stg_c__ms_brda', none, none),
    ('C02', 'c02_ys_mz_jzls', 'stg_c__ys_mz_jzls', none, none),
    ('C03', 'c03_ms_brzd', 'stg_c__ms_brzd', none, none),
    ('C05', 'c05_ms_mzxx', 'stg_c__ms_mzxx', 'zjje', 'total_fee_fen'),
    ('C07', 'c07_zy_brry', 'stg_c__zy_brry', none, none),
    ('D01', 'd01_ehr_healthrecord', 'stg_d__ehr_healthrecord', none, none),
    ('D02', 'd02_hc_healthcheck', 'stg_d__hc_healthcheck', none, none),
    ('D03', 'd03_mdc_hypertensionrecord', 'stg_d__mdc_hypertensionrecord', none, none),
    ('D04', 'd04_mdc_hypertensionvisit', 'stg_d__mdc_hypertensionvisit', none, none),
    ('D20', 'd20_dea_deathreportcard', 'stg_d__dea_deathreportcard', none, none),
    ('E01', 'e01_pub_familyteam', 'stg_e__pub_familyteam', none, none),
    ('E02', 'e02_scm_signcontractrecord', 'stg_e__scm_signcontractrecord', none, none),
    ('F01', 'f01_psn_insu_d', 'stg_f__psn_insu_d', none, none),
    ('F02', 'f02_setl_d', 'stg_f__setl_d', 'MEDFEE_SUMAMT', 'total_fee_fen'),
    ('H01', 'h01_institution_directory', 'stg_h__institution', none, none),
    ('H06', 'h06_resident_population', 'stg_h__population', none, none),
] %}
with

{% for feed, landing_table, staging_model, money, money_fen in tables -%}
{{ landing_table }} as (

    select
        '{{ feed }}' as feed,
        count(landed._file_id) as landed_row_count,
        count(staged._file_id) as staging_row_count,
        count(staged._file_id) filter (where staged.set_aside_because is not null)
            as set_aside_row_count,
        count(event_source.event_id) as record_row_count,
        {% if money -%}
        -- Read here in the plainest way there is, so that the parser is checked by another.
        sum(
            round(
                nullif(regexp_replace(landed."{{ money }}", '[^0-9.-]', '', 'g'), '')::numeric
                * 100
            )
        ) filter (where staged._file_id is not null)::bigint as landing_fen,
        sum(staged.{{ money_fen }})::bigint as staging_fen
        {%- else -%}
        null::bigint as landing_fen,
        null::bigint as staging_fen
        {%- endif %}
    from {{ source('landing', landing_table) }} as landed
    left join {{ ref(staging_model) }} as staged
        on
            landed._file_id = staged._file_id
            and landed._line_number = staged._line_number
    left join {{ ref('rec_event_source') }} as event_source
        on staged.record_key = event_source.event_id

),

{% endfor -%}
every_table as (

    {% for feed, landing_table, staging_model, money, money_fen in tables -%}
    select * from {{ landing_table }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

)

select * from every_table
