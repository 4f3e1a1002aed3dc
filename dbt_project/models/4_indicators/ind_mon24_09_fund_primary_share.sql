-- One row per surviving settlement of a reporting year at an institution of the county; the
-- fund in fen, in the numerator when it was paid at a primary institution.
with

settlement as (

    select * from {{ ref('rec_settlement') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

denominator as (

    select
        settlement.*,
        reporting_year.period,
        institution.town_code,
        institution.group_code,
        coalesce(institution.is_primary, false) as is_primary
    from settlement
    inner join reporting_year
        on settlement.settled_on between reporting_year.begins_on and reporting_year.ends_on
    left join institution
        on settlement.institution_code = institution.institution_code
    where
        settlement.is_counted
        and settlement.is_in_county

),

numerator as (

    select
        event_id,
        fund_fen
    from denominator
    where is_primary

),

cases as (

    select
        -- what
        'mon24_09_fund_primary_share'::text as indicator_code,
        denominator.period,
        null::text as month,
        'settlement'::text as case_kind,
        denominator.settlement_id as case_id,
        -- who and where
        denominator.person_id,
        denominator.institution_code,
        denominator.town_code as township_code,
        denominator.group_code,
        -- how much
        coalesce(numerator.fund_fen, 0)::bigint as numerator,
        denominator.fund_fen::bigint as denominator,
        -- where it comes from
        denominator.event_id,
        denominator._file_id,
        denominator._line_number
    from denominator
    left join numerator
        on denominator.event_id = numerator.event_id

)

select * from cases
