-- One row per result of a laboratory report, as sent and in the usual unit of the test.
-- sqlfluff:indentation:template_blocks_indent:false
{%- set shared = [
    'record_key', 'test_item_code', 'test_item_name', 'result_text', 'result_number',
    'result_comparator', 'finding_code', 'unit_text', 'unit', 'standard_number',
    'standard_unit', 'source_system', 'source_table', 'org_code', 'native_id',
    'native_part', '_file_id', '_line_number',
] %}
with

county_hospital_result as (

    select * from {{ ref('stg_a__l_testresult') }}

),

tcm_hospital_result as (

    select * from {{ ref('stg_b__tb_lis_indicators') }}

),

township_result as (

    select * from {{ ref('stg_c__l_testresult') }}

),

lab_report as (

    select * from {{ ref('rec_lab_report') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_result as (

    select
        {%- for column in shared %}
        {{ column }},
        {%- endfor %}
        sample_number as report_number,
        'credit' as code_system,
        reference_low,
        reference_high,
        abnormal_code
    from county_hospital_result
    where set_aside_because is null

    union all

    select
        {%- for column in shared %}
        {{ column }},
        {%- endfor %}
        report_number,
        'code22' as code_system,
        reference_low,
        reference_high,
        abnormal_code
    from tcm_hospital_result
    where set_aside_because is null

    union all

    select
        {%- for column in shared %}
        {{ column }},
        {%- endfor %}
        sample_number as report_number,
        'township_his' as code_system,
        null as reference_low,
        null as reference_high,
        null as abnormal_code
    from township_result
    where set_aside_because is null

),

lab_result as (

    select
        -- keys
        every_result.record_key as event_id,
        lab_report.event_id as report_id,
        lab_report.encounter_id,
        -- who and where
        lab_report.person_id,
        institution_code.institution_code,
        -- what
        lab_report.panel_code,
        every_result.test_item_code,
        every_result.test_item_name,
        every_result.result_text,
        every_result.unit_text,
        every_result.unit,
        every_result.result_number,
        every_result.result_comparator,
        every_result.finding_code,
        every_result.abnormal_code,
        lab_report.not_counted_because is null as is_counted,
        lab_report.not_counted_because,
        -- when
        lab_report.reported_at,
        lab_report.reported_on,
        -- measures
        every_result.standard_number,
        every_result.standard_unit,
        every_result.reference_low,
        every_result.reference_high,
        -- where it comes from
        every_result.source_system,
        every_result.source_table,
        every_result.org_code,
        every_result.native_id,
        every_result.native_part,
        every_result._file_id,
        every_result._line_number
    from every_result
    left join lab_report
        on
            every_result.source_system = lab_report.source_system
            and every_result.org_code = lab_report.org_code
            and every_result.report_number = lab_report.report_number
    left join institution_code
        on
            every_result.org_code = institution_code.source_code
            and every_result.code_system = institution_code.code_system

)

select * from lab_result
