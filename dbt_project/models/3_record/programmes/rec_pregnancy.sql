-- One row per booked pregnancy, with its outcome and the visits before and after it.
with

sent as (

    select * from {{ ref('stg_d__mhc_pregnantrecord') }}

),

programme_record as (

    select * from {{ ref('rec_programme_record') }}

),

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

institution_name as (

    select * from {{ ref('rec_institution_name') }}

),

visited as (

    select
        programme_record_id,
        count(*) filter (where follow_up_kind = 'antenatal') as antenatal_visit_count,
        min(followed_up_on) filter (where follow_up_kind = 'antenatal')
            as first_antenatal_visit_on,
        count(*) filter (where follow_up_kind = 'postnatal') as postnatal_visit_count,
        min(followed_up_on) filter (where follow_up_kind = 'postnatal')
            as first_postnatal_visit_on
    from follow_up
    where programme = 'maternal'
    group by programme_record_id

),

pregnancy as (

    select
        -- keys
        programme_record.event_id,
        programme_record.record_id as pregnancy_record_id,
        programme_record.archive_id,
        -- who and where
        programme_record.person_id,
        programme_record.institution_code,
        programme_record.town_code,
        institution_name.institution_code as delivery_institution_code,
        -- when
        sent.last_period_began_on,
        sent.booked_on,
        sent.delivery_due_on,
        sent.delivered_on,
        sent.discharged_on,
        visited.first_antenatal_visit_on,
        visited.first_postnatal_visit_on,
        -- measures
        sent.booked_on - sent.last_period_began_on as booked_at_gestation_days,
        sent.delivered_on - sent.last_period_began_on as delivered_at_gestation_days,
        sent.live_birth_count,
        sent.is_local_resident,
        coalesce(visited.antenatal_visit_count, 0) as antenatal_visit_count,
        coalesce(visited.postnatal_visit_count, 0) as postnatal_visit_count,
        -- where it comes from
        programme_record.source_system,
        programme_record.source_table,
        programme_record.org_code,
        programme_record.native_id,
        programme_record.native_part,
        programme_record._file_id,
        programme_record._line_number
    from programme_record
    inner join sent
        on programme_record.event_id = sent.record_key
    left join visited
        on programme_record.event_id = visited.programme_record_id
    left join institution_name
        on sent.delivery_unit_name = institution_name.name
    where programme_record.programme = 'maternal'

)

select * from pregnancy
