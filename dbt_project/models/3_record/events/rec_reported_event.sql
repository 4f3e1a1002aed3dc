-- One row per event that several sources may report, in the words that all reports share.
-- sqlfluff:indentation:template_blocks_indent:false
{%- set reports = [
    'rec_reported_encounter', 'rec_reported_settlement', 'rec_reported_front_page',
    'rec_reported_operation', 'rec_reported_follow_up', 'rec_reported_service',
] %}
with

institution as (

    select * from {{ ref('rec_institution') }}

),

every_report as (

    {% for report in reports %}
    {{- 'union all' if not loop.first }}

    select * from {{ ref(report) }}

    {% endfor %}
),

reported_event as (

    select
        -- keys
        every_report.event_id,
        every_report.unit_id,
        -- who and where
        every_report.person_id,
        every_report.institution_code,
        -- A village clinic is an arm of the centre above it.
        case
            when institution.is_primary and not institution.is_township_centre
                then coalesce(
                    institution.parent_institution_code, every_report.institution_code
                )
            else every_report.institution_code
        end as centre_code,
        -- what
        every_report.event_kind,
        every_report.report_kind,
        every_report.number_key,
        every_report.match_key,
        every_report.way_code,
        every_report.diagnosis_code,
        every_report.may_join,
        -- when
        every_report.begins_at,
        every_report.begins_on,
        every_report.ends_on,
        -- measures
        every_report.fee_fen,
        -- where it comes from
        every_report.source_system,
        every_report.source_table,
        every_report._file_id,
        every_report._line_number
    from every_report
    left join institution
        on every_report.institution_code = institution.institution_code

)

select * from reported_event
