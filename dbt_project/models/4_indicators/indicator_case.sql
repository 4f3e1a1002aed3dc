-- One row per indicator and case: the case lists of all indicators.
-- Written by `onecard generate` from the pairs beside it; do not edit.
with

ind_avg_los as (

    select * from {{ ref('ind_avg_los') }}

),

ind_county_visit_rate as (

    select * from {{ ref('ind_county_visit_rate') }}

),

ind_ehr_electronic_rate as (

    select * from {{ ref('ind_ehr_electronic_rate') }}

),

ind_fd_sign_rate as (

    select * from {{ ref('ind_fd_sign_rate') }}

),

ind_htn_control_rate as (

    select * from {{ ref('ind_htn_control_rate') }}

),

ind_htn_standard_mgmt_rate as (

    select * from {{ ref('ind_htn_standard_mgmt_rate') }}

),

ind_mon24_07_primary_visit_share as (

    select * from {{ ref('ind_mon24_07_primary_visit_share') }}

),

ind_mon24_08_fund_in_county_share as (

    select * from {{ ref('ind_mon24_08_fund_in_county_share') }}

),

ind_mon24_09_fund_primary_share as (

    select * from {{ ref('ind_mon24_09_fund_primary_share') }}

),

ind_mon24_11_inpat_in_county_share as (

    select * from {{ ref('ind_mon24_11_inpat_in_county_share') }}

),

indicator_case as (

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_avg_los

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_county_visit_rate

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_ehr_electronic_rate

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_fd_sign_rate

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_htn_control_rate

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_htn_standard_mgmt_rate

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_mon24_07_primary_visit_share

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_mon24_08_fund_in_county_share

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_mon24_09_fund_primary_share

    union all

    select
        indicator_code,
        period,
        month,
        case_kind,
        case_id,
        person_id,
        institution_code,
        township_code,
        group_code,
        numerator,
        denominator,
        event_id,
        _file_id,
        _line_number
    from ind_mon24_11_inpat_in_county_share

)

select * from indicator_case
