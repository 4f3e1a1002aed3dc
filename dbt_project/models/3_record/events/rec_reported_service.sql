-- One row per family-doctor service, contract, health examination and dose, in the words
-- that all reports share.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

service_performed as (

    select * from {{ ref('rec_service_performed') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

vaccination as (

    select * from {{ ref('stg_d__piv_vaccinaterecord') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_alias as (

    select * from {{ ref('rec_institution_alias') }}

),

every_service as (

    select
        event_id,
        'service_performed' as event_kind,
        person_id,
        institution_code,
        encounter_id as number_key,
        null as match_key,
        follow_up_way_code as way_code,
        served_on as begins_on,
        served_on as ends_on,
        not_counted_because is null as may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from service_performed

    union all

    select
        event_id,
        'contract' as event_kind,
        person_id,
        institution_code,
        null as number_key,
        team_id || '|' || begins_on as match_key,
        null as way_code,
        begins_on,
        ends_on,
        true as may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from contract

    union all

    select
        event_id,
        'health_exam' as event_kind,
        person_id,
        institution_code,
        null as number_key,
        null as match_key,
        null as way_code,
        examined_on as begins_on,
        examined_on as ends_on,
        true as may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from health_exam

    union all

    -- The same dose sent twice is set aside where doses are counted; here it is a report.
    select
        vaccination.record_key as event_id,
        'vaccination' as event_kind,
        person_link.person_id,
        institution_alias.institution_code,
        null as number_key,
        vaccination.vaccine_code || '|' || vaccination.dose_number as match_key,
        null as way_code,
        vaccination.vaccinated_on as begins_on,
        vaccination.vaccinated_on as ends_on,
        true as may_join,
        vaccination.source_system,
        vaccination.source_table,
        vaccination._file_id,
        vaccination._line_number
    from vaccination
    left join person_link
        on vaccination.record_key = person_link.record_key
    left join institution_alias
        on vaccination.vaccination_unit_name = institution_alias.name
    where
        vaccination.set_aside_because is null
        or vaccination.set_aside_because = 'same_dose_again'

),

reported_service as (

    select
        event_id,
        event_id as unit_id,
        event_kind,
        event_kind as report_kind,
        person_id,
        institution_code,
        number_key,
        match_key,
        way_code,
        begins_on::timestamp as begins_at,
        begins_on,
        ends_on,
        null::bigint as fee_fen,
        null::text as diagnosis_code,
        may_join,
        source_system,
        source_table,
        _file_id,
        _line_number
    from every_service

)

select * from reported_service
