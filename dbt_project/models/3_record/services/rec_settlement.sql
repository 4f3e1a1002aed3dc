-- One row per insurance settlement, reversals and invalid rows included and marked.
with

sent as (

    select * from {{ ref('stg_f__setl_d') }}

),

county as (

    select * from {{ ref('county') }}

),

medical_category as (

    select * from {{ ref('medical_category') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

reversed_settlement as (

    select reversed_settlement_id as settlement_id
    from sent
    where reversed_settlement_id is not null
    group by reversed_settlement_id

),

described as (

    select
        sent.*,
        person_link.person_id,
        institution_code.institution_code,
        coalesce(sent.org_division_code, substr(sent.org_code, 2, 6)) as division_code,
        starts_with(sent.org_code, 'P') as is_pharmacy,
        coalesce(medical_category.is_inpatient, false) as is_inpatient,
        coalesce(sent.is_valid, false) as is_valid_row,
        sent.reversed_settlement_id is not null as is_reversal_row,
        reversed_settlement.settlement_id is not null as is_reversed
    from sent
    left join reversed_settlement
        on sent.settlement_id = reversed_settlement.settlement_id
    left join medical_category
        on sent.medical_category_code = medical_category.medical_category_code
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution_code
        on
            sent.org_code = institution_code.source_code
            and institution_code.code_system = 'insurance'

),

judged as (

    select
        described.*,
        coalesce(starts_with(described.division_code, county.division_code), false)
            as is_in_county,
        described.is_valid_row
        and not described.is_reversal_row
        and not described.is_reversed as is_surviving,
        case
            when not described.is_valid_row then 'not_valid'
            when described.set_aside_because is not null then 'set_aside'
            when described.is_reversal_row then 'reversal'
            when described.is_reversed then 'reversed'
            when described.is_pharmacy then 'pharmacy'
        end as not_counted_because
    from described
    cross join county

),

settlement as (

    select
        -- keys
        record_key as event_id,
        settlement_id,
        reversed_settlement_id,
        treatment_id,
        -- who and where
        person_id,
        institution_code,
        division_code,
        is_in_county,
        is_pharmacy,
        -- what
        insurance_type_code,
        medical_category_code,
        is_inpatient,
        voucher_code,
        diagnosis_code,
        is_surviving,
        not_counted_because is null as is_counted,
        not_counted_because,
        -- when
        started_on,
        ended_on,
        settled_at,
        settled_at::date as settled_on,
        -- measures
        total_fee_fen,
        policy_scope_fee_fen,
        pooled_fund_fee_fen,
        major_illness_fee_fen,
        medical_aid_fee_fen,
        coalesce(pooled_fund_fee_fen, 0) + coalesce(major_illness_fee_fen, 0) as fund_fen,
        self_paid_fee_fen,
        account_paid_fee_fen,
        cash_paid_fee_fen,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from judged

)

select * from settlement
