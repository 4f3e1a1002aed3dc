-- One row per institution and month of the reports on beds.
with

sent as (

    select * from {{ ref('stg_h__bed_month') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

bed_month as (

    select
        -- keys
        sent.record_key as event_id,
        sent.month,
        -- where
        institution.institution_code,
        -- when
        sent.month_begins_on,
        -- measures
        sent.approved_bed_count,
        sent.actual_bed_count,
        sent.open_bed_count,
        sent.open_bed_count::bigint * (
            (sent.month_begins_on + interval '1 month')::date - sent.month_begins_on
        ) as open_bed_days,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join institution
        on sent.institution_code = institution.institution_code
    where sent.set_aside_because is null

)

select * from bed_month
