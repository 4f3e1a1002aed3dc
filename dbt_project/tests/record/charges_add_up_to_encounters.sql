-- One row per encounter whose charges in the record are not what it says that it cost.
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

charge as (

    select * from {{ ref('rec_charge') }}

),

summed as (

    select
        encounter_id,
        sum(net_fee_fen) as net_fee_fen
    from charge
    where encounter_id is not null
    group by encounter_id

),

different as (

    select
        encounter.encounter_id,
        encounter.net_fee_fen,
        summed.net_fee_fen as charged_fen
    from encounter
    full join summed
        on encounter.encounter_id = summed.encounter_id
    where encounter.net_fee_fen is distinct from summed.net_fee_fen

)

select * from different
