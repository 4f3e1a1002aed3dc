-- One row per operation or procedure, as a front page or the theatre names it.
with

sent_page as (

    select * from {{ ref('rec_sent_front_page') }}

),

front_page as (

    select * from {{ ref('rec_front_page') }}

),

theatre_row as (

    select * from {{ ref('stg_b__tb_operation_detail') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

named_on_page as (

    select
        sent_page.record_key,
        operation_on_page.operation_rank,
        operation_on_page.operation_code,
        operation_on_page.operation_level,
        operation_on_page.operation_name,
        operation_on_page.operated_on
    from sent_page
    cross join
        lateral (
            values
            (
                1,
                sent_page.operation_code_1,
                sent_page.operation_level_1,
                sent_page.operation_name_1,
                sent_page.operated_on_1
            ),
            (
                2,
                sent_page.operation_code_2,
                sent_page.operation_level_2,
                sent_page.operation_name_2,
                sent_page.operated_on_2
            ),
            (
                3,
                sent_page.operation_code_3,
                sent_page.operation_level_3,
                sent_page.operation_name_3,
                sent_page.operated_on_3
            )
        )
            as operation_on_page (
                operation_rank, operation_code, operation_level, operation_name, operated_on
            )
    where
        operation_on_page.operation_code is not null
        or operation_on_page.operation_name is not null

),

every_operation as (

    select
        named_on_page.record_key || '|operation ' || named_on_page.operation_rank
            as event_id,
        named_on_page.record_key as source_key,
        front_page.event_id as front_page_id,
        front_page.encounter_id,
        front_page.person_id,
        front_page.institution_code,
        'front_page' as evidence,
        named_on_page.operation_rank,
        named_on_page.operation_code,
        named_on_page.operation_name,
        named_on_page.operation_level,
        null::text as anaesthesia_code,
        null::timestamp as operated_at,
        named_on_page.operated_on,
        front_page.discharged_on,
        front_page.source_system,
        front_page.source_table,
        front_page.org_code,
        front_page.native_id,
        front_page.native_part,
        front_page._file_id,
        front_page._line_number
    from named_on_page
    inner join front_page
        on named_on_page.record_key = front_page.event_id

    union all

    select
        theatre_row.record_key as event_id,
        theatre_row.record_key as source_key,
        null as front_page_id,
        encounter_number.encounter_id,
        encounter_number.person_id,
        institution_code.institution_code,
        'theatre' as evidence,
        null as operation_rank,
        theatre_row.operation_code,
        theatre_row.operation_name,
        theatre_row.operation_level,
        theatre_row.anaesthesia_code,
        theatre_row.operated_at,
        theatre_row.operated_at::date as operated_on,
        encounter_number.ended_at::date as discharged_on,
        theatre_row.source_system,
        theatre_row.source_table,
        theatre_row.org_code,
        theatre_row.native_id,
        theatre_row.native_part,
        theatre_row._file_id,
        theatre_row._line_number
    from theatre_row
    left join encounter_number
        on
            theatre_row.source_system || '|' || theatre_row.org_code || '|inpatient|'
            || theatre_row.stay_number
            = encounter_number.encounter_key
    left join institution_code
        on
            theatre_row.org_code = institution_code.source_code
            and institution_code.code_system = 'code22'
    where theatre_row.set_aside_because is null

),

operation as (

    select
        -- keys
        event_id,
        source_key,
        front_page_id,
        encounter_id,
        -- who and where
        person_id,
        institution_code,
        -- what
        evidence,
        operation_rank,
        operation_code,
        operation_name,
        {{ parse_integer('operation_level') }} as operation_level,
        -- The national format has room for five characters, the real codes are longer.
        coalesce(operation_code ~ '^[0-9]{2}[.][0-9x]{2}$', false) as is_code_cut,
        anaesthesia_code,
        -- when
        operated_at,
        operated_on,
        discharged_on,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from every_operation

)

select * from operation
