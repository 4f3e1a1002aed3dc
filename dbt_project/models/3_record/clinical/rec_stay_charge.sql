-- One row per charged or refunded line of a stay as the three hospital systems send them.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_line as (

    select * from {{ ref('stg_a__zy_fymx') }}

),

tcm_hospital_stay_line as (

    select * from {{ ref('stg_b__tb_his_zy_fee_detail') }}

),

township_line as (

    select * from {{ ref('stg_c__zy_fymx') }}

),

every_charge as (

    select
        record_key,
        charge_line_number as charge_number,
        stay_number as encounter_number,
        'credit' as code_system,
        'line' as charge_level,
        fee_category_code,
        item_code,
        item_name,
        coalesce(is_newborn, false) as is_newborn,
        is_refund,
        charged_at,
        quantity,
        unit_price_fen,
        line_fee_fen as sent_fee_fen,
        net_fee_fen as signed_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_line
    where set_aside_because is null

    union all

    select
        record_key,
        charge_line_number as charge_number,
        stay_number as encounter_number,
        'code22' as code_system,
        'line' as charge_level,
        fee_category_code,
        item_code,
        item_name,
        coalesce(is_newborn, false) as is_newborn,
        is_refund,
        charged_at,
        net_quantity as quantity,
        unit_price_fen,
        line_fee_fen as sent_fee_fen,
        net_fee_fen as signed_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_stay_line
    where set_aside_because is null

    union all

    select
        record_key,
        charge_line_number as charge_number,
        stay_number as encounter_number,
        'township_his' as code_system,
        'line' as charge_level,
        fee_category_code,
        item_code,
        item_name,
        false as is_newborn,
        is_refund,
        charged_at,
        quantity,
        unit_price_fen,
        line_fee_fen as sent_fee_fen,
        net_fee_fen as signed_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_line
    where set_aside_because is null

)

select * from every_charge
