-- One row per front page of a stay, in the words that all reports share.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

county_hospital_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_page as (

    select * from {{ ref('stg_b__hqms') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_page as (

    select
        record_key,
        medical_record_number,
        stay_ordinal,
        admitted_on,
        discharged_on,
        total_fee_fen,
        main_diagnosis_code,
        source_system,
        source_table,
        org_code,
        _file_id,
        _line_number
    from county_hospital_page
    where set_aside_because is null

    union all

    select
        record_key,
        medical_record_number,
        stay_ordinal,
        admitted_at::date as admitted_on,
        discharged_at::date as discharged_on,
        total_fee_fen,
        main_diagnosis_code,
        source_system,
        source_table,
        org_code,
        _file_id,
        _line_number
    from tcm_hospital_page
    where set_aside_because is null

),

reported_front_page as (

    select
        every_page.record_key as event_id,
        every_page.record_key as unit_id,
        'front_page' as event_kind,
        'front_page' as report_kind,
        person_link.person_id,
        institution_code.institution_code,
        -- A record number of 0 was never assigned.
        case
            when every_page.medical_record_number <> '0'
                then concat_ws(
                    '|',
                    every_page.source_system,
                    every_page.medical_record_number,
                    every_page.stay_ordinal
                )
        end as number_key,
        null::text as match_key,
        null::text as way_code,
        every_page.admitted_on::timestamp as begins_at,
        every_page.admitted_on as begins_on,
        every_page.discharged_on as ends_on,
        every_page.total_fee_fen as fee_fen,
        every_page.main_diagnosis_code as diagnosis_code,
        true as may_join,
        every_page.source_system,
        every_page.source_table,
        every_page._file_id,
        every_page._line_number
    from every_page
    left join person_link
        on every_page.record_key = person_link.record_key
    left join institution_code
        on
            every_page.org_code = institution_code.source_code
            and institution_code.code_system = 'credit'

)

select * from reported_front_page
