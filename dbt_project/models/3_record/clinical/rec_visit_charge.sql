-- One row per out-patient invoice or charged line as the three hospital systems send them.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_invoice as (

    select * from {{ ref('stg_a__ms_mzxx') }}

),

county_hospital_void as (

    select * from {{ ref('stg_a__ms_zffp') }}

),

tcm_hospital_visit_line as (

    select * from {{ ref('stg_b__tb_his_mz_fee_detail') }}

),

township_invoice as (

    select * from {{ ref('stg_c__ms_mzxx') }}

),

township_void as (

    select * from {{ ref('stg_c__ms_zffp') }}

),

refunded_line as (

    select
        org_code,
        visit_number,
        refunded_line_number
    from tcm_hospital_visit_line
    where
        is_refund
        and refunded_line_number is not null
        and set_aside_because is null
    group by org_code, visit_number, refunded_line_number

),

every_charge as (

    select
        county_hospital_invoice.record_key,
        county_hospital_invoice.invoice_number as charge_number,
        county_hospital_invoice.visit_number as encounter_number,
        county_hospital_invoice.patient_id,
        'credit' as code_system,
        'invoice' as charge_level,
        null::text as fee_category_code,
        null::text as item_code,
        null::text as item_name,
        county_hospital_invoice.payer_code,
        null::text as insurance_type_code,
        false as is_refund,
        false as is_refunded,
        county_hospital_invoice.replaced_invoice_number as replaced_charge_number,
        null::text as refunded_charge_number,
        county_hospital_invoice.is_void,
        county_hospital_invoice.charged_at,
        county_hospital_void.voided_at,
        null::numeric as quantity,
        null::bigint as unit_price_fen,
        county_hospital_invoice.total_fee_fen as sent_fee_fen,
        county_hospital_invoice.total_fee_fen as signed_fee_fen,
        county_hospital_invoice.self_paid_fee_fen,
        county_hospital_invoice.fund_paid_fee_fen,
        county_hospital_invoice.contract_waiver_fee_fen,
        county_hospital_invoice.source_system,
        county_hospital_invoice.source_table,
        county_hospital_invoice.org_code,
        county_hospital_invoice.native_id,
        county_hospital_invoice.native_part,
        county_hospital_invoice._file_id,
        county_hospital_invoice._line_number
    from county_hospital_invoice
    left join county_hospital_void
        on
            county_hospital_invoice.org_code = county_hospital_void.org_code
            and county_hospital_invoice.invoice_number
            = county_hospital_void.invoice_number
    where county_hospital_invoice.set_aside_because is null

    union all

    select
        tcm_hospital_visit_line.record_key,
        tcm_hospital_visit_line.charge_line_number as charge_number,
        tcm_hospital_visit_line.visit_number as encounter_number,
        tcm_hospital_visit_line.patient_id,
        'code22' as code_system,
        'line' as charge_level,
        tcm_hospital_visit_line.fee_category_code,
        tcm_hospital_visit_line.item_code,
        tcm_hospital_visit_line.item_name,
        null as payer_code,
        tcm_hospital_visit_line.insurance_type_code,
        tcm_hospital_visit_line.is_refund,
        refunded_line.refunded_line_number is not null as is_refunded,
        null as replaced_charge_number,
        tcm_hospital_visit_line.refunded_line_number as refunded_charge_number,
        false as is_void,
        tcm_hospital_visit_line.charged_at,
        null as voided_at,
        tcm_hospital_visit_line.net_quantity as quantity,
        tcm_hospital_visit_line.unit_price_fen,
        tcm_hospital_visit_line.line_fee_fen as sent_fee_fen,
        tcm_hospital_visit_line.net_fee_fen as signed_fee_fen,
        null as self_paid_fee_fen,
        null as fund_paid_fee_fen,
        null as contract_waiver_fee_fen,
        tcm_hospital_visit_line.source_system,
        tcm_hospital_visit_line.source_table,
        tcm_hospital_visit_line.org_code,
        tcm_hospital_visit_line.native_id,
        tcm_hospital_visit_line.native_part,
        tcm_hospital_visit_line._file_id,
        tcm_hospital_visit_line._line_number
    from tcm_hospital_visit_line
    left join refunded_line
        on
            tcm_hospital_visit_line.org_code = refunded_line.org_code
            and tcm_hospital_visit_line.visit_number = refunded_line.visit_number
            and tcm_hospital_visit_line.charge_line_number
            = refunded_line.refunded_line_number
    where tcm_hospital_visit_line.set_aside_because is null

    union all

    select
        township_invoice.record_key,
        township_invoice.invoice_number as charge_number,
        township_invoice.visit_number as encounter_number,
        null as patient_id,
        'township_his' as code_system,
        'invoice' as charge_level,
        null as fee_category_code,
        null as item_code,
        null as item_name,
        township_invoice.payer_code,
        null as insurance_type_code,
        false as is_refund,
        false as is_refunded,
        township_invoice.replaced_invoice_number as replaced_charge_number,
        null as refunded_charge_number,
        township_invoice.is_void,
        township_invoice.charged_at,
        township_void.voided_at,
        null as quantity,
        null as unit_price_fen,
        township_invoice.total_fee_fen as sent_fee_fen,
        township_invoice.total_fee_fen as signed_fee_fen,
        township_invoice.self_paid_fee_fen,
        township_invoice.fund_paid_fee_fen,
        township_invoice.contract_waiver_fee_fen,
        township_invoice.source_system,
        township_invoice.source_table,
        township_invoice.org_code,
        township_invoice.native_id,
        township_invoice.native_part,
        township_invoice._file_id,
        township_invoice._line_number
    from township_invoice
    left join township_void
        on
            township_invoice.org_code = township_void.org_code
            and township_invoice.invoice_number = township_void.invoice_number
    where township_invoice.set_aside_because is null

)

select * from every_charge
