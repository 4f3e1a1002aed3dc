-- One row per hospital stay that was ever charged, with what is left after refunds.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

county_hospital_line as (

    select * from {{ ref('stg_a__zy_fymx') }}

),

tcm_hospital_line as (

    select * from {{ ref('stg_b__tb_his_zy_fee_detail') }}

),

township_line as (

    select * from {{ ref('stg_c__zy_fymx') }}

),

every_line as (

    select
        source_system,
        org_code,
        stay_number,
        net_fee_fen
    from county_hospital_line
    where set_aside_because is null

    union all

    select
        source_system,
        org_code,
        stay_number,
        net_fee_fen
    from tcm_hospital_line
    where set_aside_because is null

    union all

    select
        source_system,
        org_code,
        stay_number,
        net_fee_fen
    from township_line
    where set_aside_because is null

),

charged as (

    select
        source_system,
        org_code,
        stay_number,
        sum(net_fee_fen)::bigint as net_fee_fen
    from every_line
    group by source_system, org_code, stay_number

)

select * from charged
