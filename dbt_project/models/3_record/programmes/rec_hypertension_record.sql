-- One row per hypertension record that has not been deleted.
with

sent as (

    select * from {{ ref('stg_d__mdc_hypertensionrecord') }}

),

archive as (

    select * from {{ ref('rec_archive') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

hypertension_record as (

    select
        -- keys
        sent.record_key as event_id,
        sent.record_id,
        sent.archive_id,
        -- who and where
        person_link.person_id,
        institution_code.institution_code,
        left(sent.manage_unit_id, 9) as town_code,
        -- what and when
        sent.risk_level_code,
        sent.diagnosed_on,
        sent.created_on,
        coalesce(sent.record_status_code = '1', false) as is_cancelled,
        sent.cancel_reason_code,
        sent.cancelled_on,
        archive.created_on as archive_created_on,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join archive
        on sent.archive_id = archive.archive_id
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution_code
        on
            sent.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'
    where sent.set_aside_because is null

)

select * from hypertension_record
