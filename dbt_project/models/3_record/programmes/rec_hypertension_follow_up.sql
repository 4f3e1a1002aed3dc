-- One row per hypertension follow-up.
with

sent as (

    select * from {{ ref('stg_d__mdc_hypertensionvisit') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

follow_up_way as (

    select * from {{ ref('follow_up_way') }}

),

hypertension_rule as (

    select * from {{ ref('hypertension_rule') }}

),

placed as (

    select
        sent.*,
        person_link.person_id,
        person.born_on,
        institution_code.institution_code,
        hypertension_rule.control_diastolic_below,
        coalesce(follow_up_way.is_face_to_face, false) as is_face_to_face,
        coalesce(
            sent.systolic_mmhg between hypertension_rule.plausible_systolic_min
            and hypertension_rule.plausible_systolic_max
            and sent.diastolic_mmhg between hypertension_rule.plausible_diastolic_min
            and hypertension_rule.plausible_diastolic_max
            and sent.diastolic_mmhg < sent.systolic_mmhg,
            false
        ) as is_plausible,
        -- Whose birth date is unknown is judged by the stricter limit.
        case
            when
                extract(year from age(sent.followed_up_on, person.born_on))
                >= hypertension_rule.elderly_from_age
                then hypertension_rule.control_systolic_below_elderly
            else hypertension_rule.control_systolic_below
        end as control_systolic_below
    from sent
    left join person_link
        on sent.record_key = person_link.record_key
    left join person
        on person_link.person_id = person.person_id
    left join institution_code
        on
            sent.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'
    left join follow_up_way
        on sent.follow_up_way_code = follow_up_way.follow_up_way_code
    left join hypertension_rule
        on
            sent.followed_up_on >= hypertension_rule.valid_from
            and sent.followed_up_on <= coalesce(hypertension_rule.valid_to, 'infinity')
    where sent.set_aside_because is null

),

follow_up as (

    select
        -- keys
        record_key as event_id,
        follow_up_id,
        record_id,
        -- who and where
        person_id,
        institution_code,
        left(manage_unit_id, 9) as town_code,
        -- what and when
        followed_up_on,
        follow_up_way_code,
        is_face_to_face,
        follow_up_result_code,
        coalesce(follow_up_result_code = '1', false) as is_found,
        systolic_mmhg,
        diastolic_mmhg,
        is_plausible,
        coalesce(
            is_plausible
            and systolic_mmhg < control_systolic_below
            and diastolic_mmhg < control_diastolic_below,
            false
        ) as is_controlled,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from placed

)

select * from follow_up
