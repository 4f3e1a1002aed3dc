-- One row per newborn as the visits to it tell of it: one child of one birth.
with

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

sent as (

    select * from {{ ref('stg_d__mhc_babyvisit') }}

),

visit as (

    select
        follow_up.*,
        sent.sex_code,
        sent.born_on,
        sent.birth_weight,
        row_number() over each_child as place_of_visit,
        count(*) over (
            partition by follow_up.person_id, follow_up.record_id, follow_up.birth_order
        ) as visit_count
    from follow_up
    inner join sent
        on follow_up.event_id = sent.record_key
    where follow_up.follow_up_kind = 'newborn'
    window each_child as (
        partition by follow_up.person_id, follow_up.record_id, follow_up.birth_order
        order by follow_up.followed_up_on, follow_up.event_id
    )

),

newborn as (

    select
        -- keys: the first visit
        event_id,
        record_id as pregnancy_record_id,
        birth_order,
        -- who and where
        person_id,
        institution_code,
        town_code,
        -- what and when
        sex_code,
        born_on,
        followed_up_on as first_visited_on,
        -- measures
        birth_weight as birth_weight_g,
        visit_count,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from visit
    where place_of_visit = 1

)

select * from newborn
