-- One row per event of a known person's life, in the words that all events share.
-- sqlfluff:indentation:template_blocks_indent:false
-- noqa: disable=AM04
{#
    Each table of events: when it began and ended, a code that says more, why it does not
    count, what it cost; and where a line of a file tells several, which column names it. A name
    in quotes is a value.
#}
{%- set events = [
    {'table': 'encounter', 'id': 'encounter_id', 'kind': 'kind', 'at': 'started_at',
     'until': 'ended_at', 'detail': 'main_diagnosis_code', 'fee': 'net_fee_fen',
     'reason': 'not_counted_because'},
    {'table': 'prescription', 'at': 'prescribed_at', 'detail': 'prescription_type_code',
     'reason': 'not_counted_because'},
    {'table': 'prescription_item', 'at': 'prescribed_at', 'detail': 'item_code',
     'fee': 'net_fee_fen', 'reason': 'not_counted_because'},
    {'table': 'lab_report', 'at': 'coalesce(reported_at, requested_at)',
     'detail': 'panel_code', 'reason': 'not_counted_because'},
    {'table': 'imaging_report', 'at': 'coalesce(examined_at, reported_at)',
     'detail': 'exam_type_code', 'reason': 'not_counted_because'},
    {'table': 'operation', 'at': 'operated_on', 'detail': 'operation_code',
     'key': 'source_key'},
    {'table': 'hospital_bill', 'at': 'settled_at', 'detail': 'settlement_kind_code',
     'fee': 'net_fee_fen', 'reason': 'not_counted_because'},
    {'table': 'archive', 'at': 'created_on', 'until': 'cancelled_on',
     'detail': 'cancel_reason_code'},
    {'table': 'programme_record', 'at': 'begins_on', 'until': 'ends_on',
     'detail': 'programme'},
    {'table': 'follow_up', 'at': 'followed_up_on', 'detail': 'follow_up_kind'},
    {'table': 'health_exam', 'at': 'examined_on', 'detail': 'exam_kind_code'},
    {'table': 'vaccination', 'at': 'vaccinated_on', 'detail': 'vaccine_code'},
    {'table': 'infectious_report', 'at': 'diagnosed_at', 'detail': 'disease_code'},
    {'table': 'contract', 'at': 'begins_on', 'until': 'coalesce(stopped_on, ends_on)',
     'detail': 'team_id'},
    {'table': 'service_performed', 'at': 'served_on', 'detail': 'item_code',
     'reason': 'not_counted_because'},
    {'table': 'referral', 'at': 'submitted_at', 'until': 'arrived_on',
     'detail': 'diagnosis_code', 'reason': 'not_counted_because'},
    {'table': 'consultation', 'at': 'applied_at', 'until': 'opinion_issued_at',
     'detail': 'consultation_status_code', 'reason': 'not_counted_because'},
    {'table': 'outside_filing', 'at': 'started_on', 'until': 'ended_on',
     'detail': 'filing_reason_code', 'reason': 'not_counted_because'},
    {'table': 'settlement', 'at': 'settled_at', 'detail': 'medical_category_code',
     'fee': 'total_fee_fen', 'reason': 'not_counted_because'},
    {'table': 'death', 'at': 'dead_on', 'detail': 'root_cause_code', 'place': 'null'},
] -%}
with

{% for event in events -%}
{{ event.table }} as (

    select * from {{ ref('rec_' ~ event.table) }}

),

{% endfor -%}
every_event as (

    {% for event in events -%}
    select
        {{ event.id or 'event_id' }} as event_id,
        {{ event.key or event.id or 'event_id' }} as source_key,
        person_id,
        {{ event.place or 'institution_code' }} as institution_code,
        {{ event.kind or "'" ~ event.table ~ "'" }} as event_kind,
        {{ event.detail }} as detail_code,
        {{ event.reason or 'null' }} as not_counted_because,
        {{ event.at }} as happened_at,
        {{ event.until or 'null' }} as ended_at,
        {{ event.fee or 'null' }} as fee_fen,
        _file_id,
        _line_number
    from {{ event.table }}
    {% if not loop.last %}
    union all

    {% endif -%}
    {% endfor %}
),

timeline as (

    select *
    from every_event
    where person_id is not null

)

select * from timeline
