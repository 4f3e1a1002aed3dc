-- One row per hospital stay (MDTRT_ID) settled in a reporting year; numerator 1 when its
-- last settlement of the year is at an institution of the county.
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

ranked_settlement as (

    select
        settlement.*,
        reporting_year.period,
        -- What is settled without the number of a treatment is one of its own.
        coalesce(settlement.treatment_id, settlement.event_id) as treatment,
        row_number() over (
            partition by
                reporting_year.period,
                coalesce(settlement.treatment_id, settlement.event_id)
            order by settlement.settled_at desc, settlement.settlement_id desc
        ) as place_from_last
    from settlement
    inner join reporting_year
        on settlement.settled_on between reporting_year.begins_on and reporting_year.ends_on
    where
        settlement.is_counted
        and settlement.is_inpatient

),

denominator as (

    select *
    from ranked_settlement
    where place_from_last = 1

),

numerator as (

    select
        period,
        treatment
    from denominator
    where is_in_county

),

cases as (

    select
        -- what
        'mon24_11_inpat_in_county_share'::text as indicator_code,
        denominator.period,
        null::text as month,
        'stay'::text as case_kind,
        denominator.treatment as case_id,
        -- who and where
        denominator.person_id,
        denominator.institution_code,
        institution.town_code as township_code,
        institution.group_code,
        -- how much
        (numerator.treatment is not null)::int::bigint as numerator,
        1::bigint as denominator,
        -- where it comes from
        denominator.event_id,
        denominator._file_id,
        denominator._line_number
    from denominator
    left join numerator
        on
            denominator.period = numerator.period
            and denominator.treatment = numerator.treatment
    left join institution
        on denominator.institution_code = institution.institution_code

)

select * from cases
