-- One row per settlement of a stay by the hospital itself, void ones included and marked.
with

county_hospital_bill as (

    select * from {{ ref('stg_a__zy_zyjs') }}

),

township_bill as (

    select * from {{ ref('stg_c__zy_zyjs') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_bill as (

    select
        record_key,
        stay_number,
        settlement_ordinal,
        'credit' as code_system,
        settlement_kind_code,
        begins_on,
        ends_on,
        settled_at,
        cashier_closed_at,
        finance_booked_on,
        voided_at,
        is_void,
        total_fee_fen,
        self_paid_fee_fen,
        pooled_fund_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_bill
    where set_aside_because is null

    union all

    select
        record_key,
        stay_number,
        settlement_ordinal,
        'township_his' as code_system,
        null as settlement_kind_code,
        null as begins_on,
        null as ends_on,
        settled_at,
        null as cashier_closed_at,
        null as finance_booked_on,
        voided_at,
        is_void,
        total_fee_fen,
        null as self_paid_fee_fen,
        pooled_fund_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_bill
    where set_aside_because is null

),

judged_bill as (

    select
        *,
        case
            when is_void then 'void'
            when is_void is null then 'void_mark_unreadable'
        end as not_counted_because
    from every_bill

),

hospital_bill as (

    select
        -- keys
        judged_bill.record_key as event_id,
        judged_bill.stay_number,
        judged_bill.settlement_ordinal,
        encounter_number.encounter_id,
        -- who and where
        encounter_number.person_id,
        institution_code.institution_code,
        -- what
        judged_bill.settlement_kind_code,
        judged_bill.not_counted_because is null as is_counted,
        judged_bill.not_counted_because,
        -- when
        judged_bill.begins_on,
        judged_bill.ends_on,
        judged_bill.settled_at,
        judged_bill.settled_at::date as settled_on,
        judged_bill.cashier_closed_at,
        judged_bill.finance_booked_on,
        judged_bill.voided_at,
        -- measures
        judged_bill.total_fee_fen as sent_fee_fen,
        case
            when judged_bill.not_counted_because is null then judged_bill.total_fee_fen
            else 0
        end as net_fee_fen,
        case
            when judged_bill.not_counted_because is null
                then judged_bill.self_paid_fee_fen
            else 0
        end as net_self_paid_fee_fen,
        case
            when judged_bill.not_counted_because is null
                then judged_bill.pooled_fund_fee_fen
            else 0
        end as net_pooled_fund_fee_fen,
        -- where it comes from
        judged_bill.source_system,
        judged_bill.source_table,
        judged_bill.org_code,
        judged_bill.native_id,
        judged_bill.native_part,
        judged_bill._file_id,
        judged_bill._line_number
    from judged_bill
    left join encounter_number
        on
            judged_bill.source_system || '|' || judged_bill.org_code || '|inpatient|'
            || judged_bill.stay_number
            = encounter_number.encounter_key
    left join institution_code
        on
            judged_bill.org_code = institution_code.source_code
            and judged_bill.code_system = institution_code.code_system

)

select * from hospital_bill
