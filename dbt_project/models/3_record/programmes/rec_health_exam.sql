-- One row per health examination form.
with

sent as (

    select * from {{ ref('stg_d__hc_healthcheck') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

health_exam as (

    select
        -- keys
        sent.record_key as event_id,
        -- who and where
        person_link.person_id,
        institution_code.institution_code,
        left(sent.manage_unit_id, 9) as town_code,
        -- what and when
        sent.exam_kind_code,
        sent.examined_on,
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
    left join institution_code
        on
            sent.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'
    where sent.set_aside_because is null

)

select * from health_exam
