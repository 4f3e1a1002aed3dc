-- One row per service that may meet a duty of care: visits that found the person, and
-- examinations. A day counts once.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}
with

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

service as (

    select
        person_id,
        programme,
        follow_up_kind as service,
        followed_up_on as served_on,
        coalesce(is_face_to_face, false) as is_face_to_face,
        follow_up_class_code as class_code,
        exam_age_months,
        event_id
    from follow_up
    where is_found is not false

    union all

    -- An examination is made of the whole person, for every programme at once.
    select
        person_id,
        null as programme,
        'health_exam' as service,
        examined_on as served_on,
        true as is_face_to_face,
        null as class_code,
        null as exam_age_months,
        event_id
    from health_exam

)

select * from service
where person_id is not null and served_on is not null
