-- One row per operation that the TCM hospital lists or that a front page names, in the
-- words that all reports share.
-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

listed_operation as (

    select * from {{ ref('stg_b__tb_operation_detail') }}

),

tcm_hospital_stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

county_hospital_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_page as (

    select * from {{ ref('stg_b__hqms') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

page_operation as (

    {% for page in ['county_hospital_page', 'tcm_hospital_page'] %}
    {% for place in [1, 2, 3] %}
    {{- 'union all' if not (page == 'county_hospital_page' and place == 1) }}

    select
        record_key,
        {{ place }} as place,
        operation_code_{{ place }} as operation_code,
        operated_on_{{ place }} as operated_on,
        source_system,
        source_table,
        org_code,
        _file_id,
        _line_number
    from {{ page }}
    where
        set_aside_because is null
        and coalesce(operation_code_{{ place }}, operation_name_{{ place }}) is not null

    {% endfor %}
    {% endfor %}
),

named_operation as (

    select
        listed_operation.record_key as event_id,
        'operation_list' as report_kind,
        encounter.person_id,
        encounter.institution_code,
        listed_operation.operation_code,
        listed_operation.operated_at as begins_at,
        listed_operation.source_system,
        listed_operation.source_table,
        listed_operation._file_id,
        listed_operation._line_number
    from listed_operation
    left join tcm_hospital_stay
        on
            listed_operation.org_code = tcm_hospital_stay.org_code
            and listed_operation.stay_number = tcm_hospital_stay.stay_number
    left join encounter
        on tcm_hospital_stay.record_key = encounter.encounter_id
    where listed_operation.set_aside_because is null

    union all

    select
        page_operation.record_key || '|operation ' || page_operation.place as event_id,
        'operation_on_front_page' as report_kind,
        person_link.person_id,
        institution_code.institution_code,
        page_operation.operation_code,
        page_operation.operated_on::timestamp as begins_at,
        page_operation.source_system,
        page_operation.source_table,
        page_operation._file_id,
        page_operation._line_number
    from page_operation
    left join person_link
        on page_operation.record_key = person_link.record_key
    left join institution_code
        on
            page_operation.org_code = institution_code.source_code
            and institution_code.code_system = 'credit'

),

reported_operation as (

    select
        event_id,
        event_id as unit_id,
        'operation' as event_kind,
        report_kind,
        person_id,
        institution_code,
        null::text as number_key,
        -- The national format has room for five characters; the longer codes are cut to it.
        left(operation_code, 5) as match_key,
        null::text as way_code,
        begins_at,
        begins_at::date as begins_on,
        begins_at::date as ends_on,
        null::bigint as fee_fen,
        null::text as diagnosis_code,
        true as may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from named_operation

)

select * from reported_operation
