-- One row per visit, call or check-up under a health programme.
with

every_visit as (

    select * from {{ ref('rec_sent_follow_up') }}

),

programme_record as (

    select * from {{ ref('rec_programme_record') }}

),

follow_up_way as (

    select * from {{ ref('follow_up_way') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

whose as (

    select
        every_visit.*,
        person_link.person_id
    from every_visit
    left join person_link
        on every_visit.record_key = person_link.record_key

),

follow_up as (

    select
        -- keys
        whose.record_key as event_id,
        whose.programme,
        whose.follow_up_kind,
        whose.follow_up_id,
        whose.record_id,
        programme_record.event_id as programme_record_id,
        whose.archive_id,
        -- who and where
        whose.person_id,
        institution_code.institution_code,
        left(whose.manage_unit_id, 9) as town_code,
        -- when
        whose.followed_up_on,
        whose.entered_on,
        whose.is_late_entry,
        -- what
        whose.follow_up_way_code,
        follow_up_way.is_face_to_face,
        whose.follow_up_result_code,
        whose.is_found,
        whose.follow_up_class_code,
        whose.medication_adherence_code,
        whose.illness_state_code,
        whose.danger_level_code,
        -- measures
        whose.missed_dose_count,
        whose.gestation_weeks,
        whose.exam_age_months,
        whose.birth_order,
        -- where it comes from
        whose.source_system,
        whose.source_table,
        whose.org_code,
        whose.native_id,
        whose.native_part,
        whose._file_id,
        whose._line_number
    from whose
    -- A visit under a record of somebody else stands alone: one of the two names the wrong
    -- person, and the rows of a person are made of that person's rows only.
    left join programme_record
        on
            whose.programme = programme_record.programme
            and whose.record_id = programme_record.record_id
            and whose.person_id = programme_record.person_id
            and (
                whose.archive_id = programme_record.archive_id
                -- These numbers are not given anew in every archive.
                or whose.programme in ('maternal', 'child')
            )
    left join follow_up_way
        on whose.follow_up_way_code = follow_up_way.follow_up_way_code
    left join institution_code
        on
            whose.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'

)

select * from follow_up
