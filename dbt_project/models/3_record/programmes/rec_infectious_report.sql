-- One row per report of a notifiable disease.
with

sent as (

    select * from {{ ref('stg_d__idr_report') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_name as (

    select * from {{ ref('rec_institution_name') }}

),

infectious_report as (

    select
        -- keys
        sent.record_key as event_id,
        sent.disease_report_id,
        -- who and where
        person_link.person_id,
        institution_name.institution_code,
        -- what
        sent.disease_code,
        sent.disease_name,
        sent.disease_class_name,
        -- when
        sent.diagnosed_at,
        sent.reported_at,
        -- measures
        (extract(epoch from sent.reported_at - sent.diagnosed_at) / 60)::int
            as minutes_to_report,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution_name
        on sent.reporting_unit_name = institution_name.name
    where sent.set_aside_because is null

)

select * from infectious_report
