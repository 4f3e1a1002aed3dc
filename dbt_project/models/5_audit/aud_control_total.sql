-- One row per delivered table: its rows and its money, layer by layer.
-- sqlfluff:indentation:template_blocks_indent:false
{#-
    Feed, landing table, staging model, and whether every usable row is an event of the
    record. Front pages are not: one without a record number belongs to no stay.
-#}
{%- set tables = [
    ('A01', 'a01_ms_brda', 'stg_a__ms_brda', false),
    ('A02', 'a02_ys_mz_jzls', 'stg_a__ys_mz_jzls', true),
    ('A03', 'a03_ms_brzd', 'stg_a__ms_brzd', true),
    ('A06', 'a06_ms_mzxx', 'stg_a__ms_mzxx', false),
    ('A08', 'a08_zy_brry', 'stg_a__zy_brry', true),
    ('A11', 'a11_basy', 'stg_a__basy', false),
    ('B01', 'b01_tb_yl_patient_information', 'stg_b__tb_yl_patient_information', false),
    ('B02', 'b02_tb_yl_mz_medical_record', 'stg_b__tb_yl_mz_medical_record', true),
    ('B03', 'b03_tb_ih_diagnosis_detail', 'stg_b__tb_ih_diagnosis_detail', true),
    ('B05', 'b05_tb_his_mz_fee_detail', 'stg_b__tb_his_mz_fee_detail', false),
    ('B06', 'b06_tb_his_zy_adm_reg', 'stg_b__tb_his_zy_adm_reg', true),
    ('B07', 'b07_tb_cis_leavehospital_summary', 'stg_b__tb_cis_leavehospital_summary', false),
    ('C01', 'c01_ms_brda', 'stg_c__ms_brda', false),
    ('C02', 'c02_ys_mz_jzls', 'stg_c__ys_mz_jzls', true),
    ('C03', 'c03_ms_brzd', 'stg_c__ms_brzd', true),
    ('C05', 'c05_ms_mzxx', 'stg_c__ms_mzxx', false),
    ('C07', 'c07_zy_brry', 'stg_c__zy_brry', true),
    ('D01', 'd01_ehr_healthrecord', 'stg_d__ehr_healthrecord', true),
    ('D02', 'd02_hc_healthcheck', 'stg_d__hc_healthcheck', true),
    ('D03', 'd03_mdc_hypertensionrecord', 'stg_d__mdc_hypertensionrecord', true),
    ('D04', 'd04_mdc_hypertensionvisit', 'stg_d__mdc_hypertensionvisit', true),
    ('D20', 'd20_dea_deathreportcard', 'stg_d__dea_deathreportcard', true),
    ('E01', 'e01_pub_familyteam', 'stg_e__pub_familyteam', false),
    ('E02', 'e02_scm_signcontractrecord', 'stg_e__scm_signcontractrecord', true),
    ('F01', 'f01_psn_insu_d', 'stg_f__psn_insu_d', true),
    ('F02', 'f02_setl_d', 'stg_f__setl_d', true),
    ('H01', 'h01_institution_directory', 'stg_h__institution', false),
    ('H06', 'h06_resident_population', 'stg_h__population', true),
] %}
with

event_source as (

    select * from {{ ref('rec_event_source') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

charge as (

    select * from {{ ref('rec_outpatient_charge') }}

),

{% for feed, landing_table, staging_model, is_event in tables %}
{{ staging_model }} as (

    select * from {{ ref(staging_model) }}

),

{{ landing_table }} as (

    select * from {{ source('landing', landing_table) }}

),

{% endfor -%}
staging_rows as (
    {% for feed, landing_table, staging_model, is_event in tables %}
    select
        '{{ feed }}' as feed,
        {{ is_event }} as is_event,
        min(source_system) as source_system,
        min(source_table) as source_table,
        (select count(*) from {{ landing_table }}) as landed_row_count,
        count(*) as staging_row_count,
        count(set_aside_because) as set_aside_row_count
    from {{ staging_model }}
    {% if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

record_rows as (

    select
        source_system,
        source_table,
        count(*) as record_row_count
    from event_source
    group by source_system, source_table

),

landed_money as (

    select
        'A06' as feed,
        sum({{ plain_fen('a06_ms_mzxx."ZJJE"') }})::bigint as landed_fen
    from a06_ms_mzxx
    inner join stg_a__ms_mzxx
        on
            a06_ms_mzxx._file_id = stg_a__ms_mzxx._file_id
            and a06_ms_mzxx._line_number = stg_a__ms_mzxx._line_number
    where a06_ms_mzxx."ZFPB" = '0'

    union all

    select
        'B05' as feed,
        sum(
            case b05_tb_his_mz_fee_detail."STFBZ" when '2' then -1 else 1 end
            * {{ plain_fen('b05_tb_his_mz_fee_detail."MXXMJE"') }}
        )::bigint as landed_fen
    from b05_tb_his_mz_fee_detail
    inner join stg_b__tb_his_mz_fee_detail
        on
            b05_tb_his_mz_fee_detail._file_id = stg_b__tb_his_mz_fee_detail._file_id
            and b05_tb_his_mz_fee_detail._line_number
            = stg_b__tb_his_mz_fee_detail._line_number

    union all

    select
        'C05' as feed,
        sum({{ plain_fen('c05_ms_mzxx.zjje') }})::bigint as landed_fen
    from c05_ms_mzxx
    inner join stg_c__ms_mzxx
        on
            c05_ms_mzxx._file_id = stg_c__ms_mzxx._file_id
            and c05_ms_mzxx._line_number = stg_c__ms_mzxx._line_number
    where c05_ms_mzxx.zfpb = '0'

    union all

    select
        'F02' as feed,
        sum({{ plain_fen('f02_setl_d."MEDFEE_SUMAMT"') }})::bigint as landed_fen
    from f02_setl_d
    inner join stg_f__setl_d
        on
            f02_setl_d._file_id = stg_f__setl_d._file_id
            and f02_setl_d._line_number = stg_f__setl_d._line_number

),

staging_money as (

    select
        case source_system when 'A' then 'A06' when 'B' then 'B05' else 'C05' end as feed,
        sum(net_fee_fen)::bigint as staging_fen
    from charge
    group by source_system

    union all

    select
        'F02' as feed,
        sum(total_fee_fen)::bigint as staging_fen
    from stg_f__setl_d

),

record_money as (

    select
        case source_system when 'A' then 'A06' when 'B' then 'B05' else 'C05' end as feed,
        sum(net_fee_fen)::bigint as record_fen
    from encounter
    where kind = 'outpatient'
    group by source_system

    union all

    select
        'F02' as feed,
        sum(total_fee_fen)::bigint as record_fen
    from settlement

),

control_total as (

    select
        -- keys
        staging_rows.feed,
        -- rows
        staging_rows.landed_row_count,
        staging_rows.staging_row_count,
        staging_rows.set_aside_row_count,
        record_rows.record_row_count,
        -- money
        landed_money.landed_fen,
        staging_money.staging_fen,
        record_money.record_fen,
        -- verdict: rows that were set aside may stay in the record, with their mark
        (
            not staging_rows.is_event
            or coalesce(record_rows.record_row_count, 0) in (
                staging_rows.staging_row_count,
                staging_rows.staging_row_count - staging_rows.set_aside_row_count
            )
        )
        and coalesce(landed_money.landed_fen, 0) = coalesce(staging_money.staging_fen, 0)
        and coalesce(staging_money.staging_fen, 0) = coalesce(record_money.record_fen, 0)
            as is_balanced
    from staging_rows
    left join record_rows
        on
            staging_rows.source_system = record_rows.source_system
            and staging_rows.source_table = record_rows.source_table
    left join landed_money
        on staging_rows.feed = landed_money.feed
    left join staging_money
        on staging_rows.feed = staging_money.feed
    left join record_money
        on staging_rows.feed = record_money.feed

)

select * from control_total
