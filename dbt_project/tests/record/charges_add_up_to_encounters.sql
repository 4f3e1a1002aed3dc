-- One row per encounter whose charges in the record are not what it says that it cost.
with

-- Where the record was brought up to date: what was built, and all that belongs to it.
built_encounter as (

    select encounter_id
    from {{ just_built(ref('rec_encounter')) }}

    union

    select encounter_id
    from {{ just_built(ref('rec_charge')) }}

),

encounter as (

    select kept.*
    from {{ ref('rec_encounter') }} as kept
    inner join built_encounter
        on kept.encounter_id = built_encounter.encounter_id

),

charge as (

    select kept.*
    from {{ ref('rec_charge') }} as kept
    inner join built_encounter
        on kept.encounter_id = built_encounter.encounter_id

),

county_hospital_invoice as (

    select * from {{ just_read(ref('stg_a__ms_mzxx')) }}

),

tcm_hospital_line as (

    select * from {{ just_read(ref('stg_b__tb_his_mz_fee_detail')) }}

),

township_invoice as (

    select * from {{ just_read(ref('stg_c__ms_mzxx')) }}

),

-- A visit adds up all that was charged for it; charges that were set aside are no rows of
-- the record, so its two sums may differ.
set_aside_charge as (

    select
        source_system,
        org_code,
        visit_number
    from county_hospital_invoice
    where set_aside_because is not null

    union all

    select
        source_system,
        org_code,
        visit_number
    from tcm_hospital_line
    where set_aside_because is not null

    union all

    select
        source_system,
        org_code,
        visit_number
    from township_invoice
    where set_aside_because is not null

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
    left join set_aside_charge
        on
            encounter.kind = 'outpatient'
            and encounter.source_system = set_aside_charge.source_system
            and encounter.org_code = set_aside_charge.org_code
            and btrim(encounter.native_id) = set_aside_charge.visit_number
    where
        encounter.net_fee_fen is distinct from summed.net_fee_fen
        and set_aside_charge.visit_number is null

)

select * from different
