-- One row per institution, month and span (the month alone, or the year up to it), in fen.
with

sent as (

    select * from {{ ref('stg_h__group_finance') }}

),

institution_alias as (

    select * from {{ ref('rec_institution_alias') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

group_finance as (

    select
        -- keys
        sent.record_key as event_id,
        -- where
        institution_alias.institution_code,
        institution.group_code,
        sent.group_name,
        -- when
        sent.month_begins_on,
        sent.is_year_to_date,
        -- measures
        sent.registration_income_fen,
        sent.consultation_income_fen,
        sent.bed_income_fen,
        sent.examination_income_fen,
        sent.laboratory_income_fen,
        sent.treatment_income_fen,
        sent.surgery_income_fen,
        sent.nursing_income_fen,
        sent.western_medicine_income_fen,
        sent.proprietary_medicine_income_fen,
        sent.herb_income_fen,
        sent.consumables_income_fen,
        sent.other_medical_income_fen,
        sent.medical_income_fen,
        sent.subsidy_income_fen,
        sent.science_education_income_fen,
        sent.other_income_fen,
        sent.total_income_fen,
        sent.wage_expense_fen,
        sent.family_support_expense_fen,
        sent.staff_expense_fen,
        sent.medicine_expense_fen,
        sent.consumables_expense_fen,
        sent.depreciation_expense_fen,
        sent.other_expense_fen,
        sent.total_expense_fen,
        sent.staff_count,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join institution_alias
        on sent.institution_name = institution_alias.name
    left join institution
        on institution_alias.institution_code = institution.institution_code
    where sent.set_aside_because is null

)

select * from group_finance
