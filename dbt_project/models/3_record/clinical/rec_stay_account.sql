-- One row per hospital stay: what it cost by its lines and by all that else was sent.
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

hospital_bill as (

    select * from {{ ref('rec_hospital_bill') }}

),

front_page as (

    select * from {{ ref('rec_front_page') }}

),

tcm_hospital_summary as (

    select * from {{ ref('stg_b__tb_cis_leavehospital_summary') }}

),

stay as (

    select *
    from encounter
    where
        kind = 'inpatient'
        and not is_cancelled
        and set_aside_because is null

),

billed as (

    select
        encounter_id,
        sum(net_fee_fen)::bigint as bill_fee_fen
    from hospital_bill
    where is_counted
    group by encounter_id

),

summarised as (

    select
        source_system,
        org_code,
        stay_number,
        total_fee_fen as summary_fee_fen
    from tcm_hospital_summary
    where
        not is_cancelled
        and set_aside_because is null

),

-- Two pages of one stay would both have to agree with it.
ranked_page as (

    select
        encounter_id,
        total_fee_fen as front_page_fee_fen,
        general_service_fee_fen + diagnostic_fee_fen + treatment_fee_fen
        + western_medicine_fee_fen + proprietary_medicine_fee_fen + herb_fee_fen
        + consumables_fee_fen + other_fee_fen as front_page_group_fee_fen,
        row_number() over (
            partition by encounter_id order by uploaded_at desc nulls last, event_id asc
        ) as place_from_newest
    from front_page
    where encounter_id is not null

),

compared as (

    select
        stay.encounter_id,
        stay.person_id,
        stay.institution_code,
        stay.ended_on as discharged_on,
        coalesce(stay.net_fee_fen, 0) as charge_fee_fen,
        billed.bill_fee_fen,
        summarised.summary_fee_fen,
        ranked_page.front_page_fee_fen,
        ranked_page.front_page_group_fee_fen
    from stay
    left join billed
        on stay.encounter_id = billed.encounter_id
    left join summarised
        on
            stay.source_system = summarised.source_system
            and stay.org_code = summarised.org_code
            and btrim(stay.native_id) = summarised.stay_number
    left join ranked_page
        on
            stay.encounter_id = ranked_page.encounter_id
            and ranked_page.place_from_newest = 1

),

stay_account as (

    select
        -- keys
        encounter_id,
        -- who and where
        person_id,
        institution_code,
        -- what
        case
            when
                num_nonnulls(
                    bill_fee_fen,
                    summary_fee_fen,
                    front_page_fee_fen,
                    front_page_group_fee_fen
                ) = 0
                then 'nothing_to_compare'
            when
                coalesce(bill_fee_fen, charge_fee_fen) = charge_fee_fen
                and coalesce(summary_fee_fen, charge_fee_fen) = charge_fee_fen
                and coalesce(front_page_fee_fen, charge_fee_fen) = charge_fee_fen
                and coalesce(front_page_group_fee_fen, charge_fee_fen) = charge_fee_fen
                then 'agrees'
            else 'differs'
        end as verdict,
        -- when
        discharged_on,
        -- measures
        charge_fee_fen,
        bill_fee_fen,
        summary_fee_fen,
        front_page_fee_fen,
        front_page_group_fee_fen
    from compared

)

select * from stay_account
