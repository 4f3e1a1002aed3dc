-- One row per out-patient encounter that was ever charged, with what is left after refunds.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_invoice as (

    select * from {{ ref('stg_a__ms_mzxx') }}

),

tcm_hospital_line as (

    select * from {{ ref('stg_b__tb_his_mz_fee_detail') }}

),

township_invoice as (

    select * from {{ ref('stg_c__ms_mzxx') }}

),

refund as (

    select
        org_code,
        refunded_line_number
    from tcm_hospital_line
    where
        charge_or_refund_code = '2'
        and refunded_line_number is not null
    group by org_code, refunded_line_number

),

every_charge as (

    select
        source_system,
        org_code,
        visit_number,
        -- A void invoice keeps its amount; only the mark tells.
        is_void is false as is_standing,
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen
    from county_hospital_invoice

    union all

    select
        tcm_hospital_line.source_system,
        tcm_hospital_line.org_code,
        tcm_hospital_line.visit_number,
        tcm_hospital_line.charge_or_refund_code = '1'
        and refund.refunded_line_number is null as is_standing,
        -- A refund line carries a positive amount.
        case
            when tcm_hospital_line.charge_or_refund_code = '2'
                then -tcm_hospital_line.line_fee_fen
            else tcm_hospital_line.line_fee_fen
        end as net_fee_fen
    from tcm_hospital_line
    left join refund
        on
            tcm_hospital_line.org_code = refund.org_code
            and tcm_hospital_line.charge_line_number = refund.refunded_line_number

    union all

    select
        source_system,
        org_code,
        visit_number,
        is_void is false as is_standing,
        case when is_void is false then total_fee_fen else 0 end as net_fee_fen
    from township_invoice

),

charged as (

    select
        source_system,
        org_code,
        visit_number,
        bool_or(is_standing) as has_standing_charge,
        sum(net_fee_fen)::bigint as net_fee_fen
    from every_charge
    group by source_system, org_code, visit_number

)

select * from charged
