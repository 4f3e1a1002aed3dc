-- One row per charge: an invoice where a system sends invoices, else a line; with its sign.
with

visit_charge as (

    select * from {{ ref('rec_visit_charge') }}

),

stay_charge as (

    select * from {{ ref('rec_stay_charge') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

patient_number as (

    select * from {{ ref('rec_patient_number') }}

),

event_person as (

    select * from {{ ref('idn_event_person') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_charge as (

    select
        record_key,
        charge_number,
        'outpatient' as kind,
        encounter_number,
        patient_id,
        code_system,
        charge_level,
        fee_category_code,
        item_code,
        item_name,
        payer_code,
        insurance_type_code,
        false as is_newborn,
        is_refund,
        is_refunded,
        replaced_charge_number,
        refunded_charge_number,
        is_void,
        charged_at,
        voided_at,
        quantity,
        unit_price_fen,
        sent_fee_fen,
        signed_fee_fen,
        self_paid_fee_fen,
        fund_paid_fee_fen,
        contract_waiver_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from visit_charge

    union all

    select
        record_key,
        charge_number,
        'inpatient' as kind,
        encounter_number,
        null as patient_id,
        code_system,
        charge_level,
        fee_category_code,
        item_code,
        item_name,
        null as payer_code,
        null as insurance_type_code,
        is_newborn,
        is_refund,
        false as is_refunded,
        null as replaced_charge_number,
        null as refunded_charge_number,
        false as is_void,
        charged_at,
        null as voided_at,
        quantity,
        unit_price_fen,
        sent_fee_fen,
        signed_fee_fen,
        null as self_paid_fee_fen,
        null as fund_paid_fee_fen,
        null as contract_waiver_fee_fen,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from stay_charge

),

judged_charge as (

    select
        *,
        -- An invoice stands only where it says so; the hospitals' own reports count it so.
        case
            when is_void then 'void'
            when is_void is null then 'void_mark_unreadable'
        end as not_counted_because
    from every_charge

),

charge as (

    select
        -- keys
        judged_charge.record_key as event_id,
        judged_charge.charge_number,
        encounter_number.encounter_id,
        -- who and where
        -- A newborn's charge on its mother's stay is the child's.
        coalesce(
            event_person.person_id, encounter_number.person_id, patient_number.person_id
        ) as person_id,
        institution_code.institution_code,
        -- what
        judged_charge.kind,
        judged_charge.charge_level,
        judged_charge.fee_category_code,
        judged_charge.item_code,
        judged_charge.item_name,
        judged_charge.payer_code,
        judged_charge.insurance_type_code,
        judged_charge.is_newborn,
        -- A line that does not say so is no refund.
        coalesce(judged_charge.is_refund, false) as is_refund,
        coalesce(judged_charge.is_refunded, false) as is_refunded,
        judged_charge.refunded_charge_number,
        judged_charge.replaced_charge_number,
        judged_charge.not_counted_because is null as is_counted,
        judged_charge.not_counted_because,
        -- when
        judged_charge.charged_at,
        judged_charge.charged_at::date as charged_on,
        judged_charge.voided_at,
        -- measures
        judged_charge.quantity,
        judged_charge.unit_price_fen,
        judged_charge.sent_fee_fen,
        case
            when judged_charge.not_counted_because is null
                then judged_charge.signed_fee_fen
            else 0
        end as net_fee_fen,
        case
            when judged_charge.not_counted_because is null
                then judged_charge.self_paid_fee_fen
            else 0
        end as net_self_paid_fee_fen,
        case
            when judged_charge.not_counted_because is null
                then judged_charge.fund_paid_fee_fen
            else 0
        end as net_fund_paid_fee_fen,
        case
            when judged_charge.not_counted_because is null
                then judged_charge.contract_waiver_fee_fen
            else 0
        end as net_contract_waiver_fee_fen,
        -- where it comes from
        judged_charge.source_system,
        judged_charge.source_table,
        judged_charge.org_code,
        judged_charge.native_id,
        judged_charge.native_part,
        judged_charge._file_id,
        judged_charge._line_number
    from judged_charge
    left join event_person
        on judged_charge.record_key = event_person.record_key
    left join encounter_number
        on
            judged_charge.source_system || '|' || judged_charge.org_code || '|'
            || judged_charge.kind || '|' || judged_charge.encounter_number
            = encounter_number.encounter_key
    left join patient_number
        on
            judged_charge.source_system || '|' || judged_charge.org_code || '|'
            || judged_charge.patient_id
            = patient_number.patient_key
    left join institution_code
        on
            judged_charge.org_code = institution_code.source_code
            and judged_charge.code_system = institution_code.code_system

)

select * from charge
