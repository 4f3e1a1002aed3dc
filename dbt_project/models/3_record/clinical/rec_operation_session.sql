-- One row per session: the operations of one front page on one day, with the highest level.
with

operation as (

    select * from {{ ref('rec_operation') }}

),

-- What has no level is a procedure and makes no session (handbook, 8.2, surgery figures).
operation_session as (

    select
        -- keys
        front_page_id || '|' || coalesce(operated_on::text, '') as session_id,
        front_page_id,
        encounter_id,
        -- who and where
        person_id,
        institution_code,
        -- when
        operated_on,
        discharged_on,
        -- measures
        max(operation_level) as operation_level,
        count(*)::int as operation_count
    from operation
    where
        evidence = 'front_page'
        and operation_level is not null
    group by
        front_page_id,
        encounter_id,
        person_id,
        institution_code,
        operated_on,
        discharged_on

)

select * from operation_session
