-- One row per person under hypertension management and reporting year, whatever the number
-- of records: managed from the earliest to the latest of those open in the year.
with

hypertension_record as (

    select * from {{ ref('rec_hypertension_record') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

township as (

    select * from {{ ref('rec_township') }}

),

reporting_year as (

    select * from {{ ref('rec_reporting_year') }}

),

hypertension_rule as (

    select * from {{ ref('hypertension_rule') }}

),

open_record as (

    select
        reporting_year.period,
        reporting_year.begins_on as year_begins_on,
        reporting_year.ends_on as year_ends_on,
        hypertension_record.*,
        -- A record without an end keeps the person under management.
        case
            when hypertension_record.is_cancelled then hypertension_record.cancelled_on
        end as record_ends_on,
        row_number() over (
            partition by reporting_year.period, hypertension_record.person_id
            order by
                hypertension_record.archive_created_on desc nulls last,
                hypertension_record.created_on desc,
                hypertension_record.event_id desc
        ) as place_from_newest_archive,
        row_number() over (
            partition by reporting_year.period, hypertension_record.person_id
            order by
                hypertension_record.cancelled_on desc nulls first,
                hypertension_record.event_id desc
        ) as place_from_last_end
    from hypertension_record
    inner join reporting_year
        on
            hypertension_record.created_on <= reporting_year.ends_on
            and (
                not hypertension_record.is_cancelled
                or hypertension_record.cancelled_on is null
                or hypertension_record.cancelled_on >= reporting_year.begins_on
            )
    where hypertension_record.person_id is not null

),

united as (

    select
        period,
        year_begins_on,
        year_ends_on,
        person_id,
        min(created_on) as begins_on,
        case
            when bool_or(record_ends_on is null) then null
            else max(record_ends_on)
        end as ends_on,
        max(cancel_reason_code) filter (where place_from_last_end = 1) as end_reason_code
    from open_record
    group by period, year_begins_on, year_ends_on, person_id

),

ruled as (

    select
        united.*,
        hypertension_rule.follow_ups_required,
        hypertension_rule.days_per_follow_up,
        hypertension_rule.moved_out_code,
        make_date(
            extract(year from united.year_begins_on)::int,
            hypertension_rule.excluded_before_month,
            hypertension_rule.excluded_before_day
        ) as excluded_before_on,
        least(coalesce(united.ends_on, united.year_ends_on), united.year_ends_on)
        - greatest(united.begins_on, united.year_begins_on) + 1 as managed_days
    from united
    left join hypertension_rule
        on
            united.year_ends_on >= hypertension_rule.valid_from
            and united.year_ends_on <= coalesce(hypertension_rule.valid_to, 'infinity')

),

management as (

    select
        -- keys
        ruled.period,
        ruled.person_id,
        -- who and where
        open_record.institution_code,
        open_record.town_code,
        township.group_code,
        -- when
        ruled.year_begins_on,
        ruled.year_ends_on,
        ruled.begins_on,
        ruled.ends_on,
        -- measures
        ruled.managed_days,
        ruled.days_per_follow_up,
        least(ruled.follow_ups_required, ruled.managed_days / ruled.days_per_follow_up)
            as follow_ups_due,
        case
            when person.death_on < ruled.excluded_before_on then 'died'
            when
                ruled.ends_on < ruled.excluded_before_on
                and ruled.end_reason_code = ruled.moved_out_code
                then 'moved_out'
        end as excluded_because,
        -- where it comes from: the record of the newest archive
        open_record.event_id,
        open_record._file_id,
        open_record._line_number
    from ruled
    inner join open_record
        on
            ruled.period = open_record.period
            and ruled.person_id = open_record.person_id
            and open_record.place_from_newest_archive = 1
    inner join person
        on ruled.person_id = person.person_id
    left join township
        on open_record.town_code = township.town_code

)

select * from management
