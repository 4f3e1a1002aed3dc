-- One row per charge, bill or medicine that does not count and still has a net amount.
with

charge as (

    select * from {{ just_built(ref('rec_charge')) }}

),

hospital_bill as (

    select * from {{ just_built(ref('rec_hospital_bill')) }}

),

prescription_item as (

    select * from {{ just_built(ref('rec_prescription_item')) }}

),

every_amount as (

    select
        event_id,
        is_counted,
        not_counted_because,
        net_fee_fen
    from charge

    union all

    select
        event_id,
        is_counted,
        not_counted_because,
        net_fee_fen
    from hospital_bill

    union all

    select
        event_id,
        is_counted,
        not_counted_because,
        net_fee_fen
    from prescription_item

),

contradiction as (

    select *
    from every_amount
    where
        is_counted <> (not_counted_because is null)
        or (not is_counted and net_fee_fen <> 0)

)

select * from contradiction
