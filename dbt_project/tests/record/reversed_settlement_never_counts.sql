-- One row per counted settlement that another row reverses.
with

settlement as (

    select * from {{ just_built(ref('rec_settlement')) }}

),

counted_though_reversed as (

    select settlement.settlement_id
    from settlement
    inner join settlement as reversal
        on settlement.settlement_id = reversal.reversed_settlement_id
    where settlement.is_counted

)

select * from counted_though_reversed
