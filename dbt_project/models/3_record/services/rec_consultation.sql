-- One row per request for a remote consultation, without what was written in it.
with

sent as (

    select * from {{ ref('stg_g__cons_consultationrecord') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

consultation_status as (

    select * from {{ ref('consultation_status') }}

),

-- Of the experts only their institutions: their names stay in staging.
expert as (

    select
        sent.record_key,
        count(*)::int as expert_count,
        string_agg(
            distinct institution.institution_code,
            ',' order by institution.institution_code
        ) as expert_institution_codes
    from sent
    cross join lateral jsonb_array_elements(sent.experts) as listed (expert)
    left join institution
        on {{ trim_code("listed.expert ->> 'unit'") }} = institution.institution_code
    group by sent.record_key

),

consultation as (

    select
        -- keys
        sent.record_key as event_id,
        sent.consultation_number,
        -- who and where
        person_link.person_id,
        institution.institution_code,
        expert.expert_institution_codes,
        -- what
        sent.diagnosis_name,
        sent.consultation_status_code,
        coalesce(consultation_status.is_issued, false) as is_issued,
        case
            when consultation_status.consultation_status_code is null then 'unknown_status'
            else consultation_status.not_counted_because
        end as not_counted_because,
        -- when
        sent.applied_at,
        sent.opinion_issued_at,
        -- measures
        sent.duration_minutes,
        coalesce(expert.expert_count, 0) as expert_count,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join expert
        on sent.record_key = expert.record_key
    left join consultation_status
        on sent.consultation_status_code = consultation_status.consultation_status_code
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution
        on sent.applying_institution_code = institution.institution_code
    where sent.set_aside_because is null

)

select * from consultation
