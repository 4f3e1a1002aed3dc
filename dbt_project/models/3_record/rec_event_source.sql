-- One row per event of the record: the system, table, file and line it was read from.
with

encounter as (

    select * from {{ ref('rec_encounter') }}

),

diagnosis as (

    select * from {{ ref('rec_diagnosis') }}

),

archive as (

    select * from {{ ref('rec_archive') }}

),

hypertension_record as (

    select * from {{ ref('rec_hypertension_record') }}

),

hypertension_follow_up as (

    select * from {{ ref('rec_hypertension_follow_up') }}

),

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

coverage as (

    select * from {{ ref('rec_coverage') }}

),

death as (

    select * from {{ ref('rec_death') }}

),

population as (

    select * from {{ ref('rec_population') }}

),

event_source as (

    select
        encounter_id as event_id,
        'encounter' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from encounter

    union all

    select
        event_id,
        'diagnosis' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from diagnosis
    -- Some lines are the stay's or the front page's already, or say a second diagnosis.
    where
        event_id is distinct from encounter_id
        and event_id = source_key

    union all

    select
        event_id,
        'archive' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from archive

    union all

    select
        event_id,
        'hypertension_record' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from hypertension_record

    union all

    select
        event_id,
        'hypertension_follow_up' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from hypertension_follow_up

    union all

    select
        event_id,
        'health_exam' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from health_exam

    union all

    select
        event_id,
        'contract' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from contract

    union all

    select
        event_id,
        'settlement' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from settlement

    union all

    select
        event_id,
        'coverage' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from coverage

    union all

    select
        event_id,
        'death' as event_kind,
        person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from death

    union all

    select
        event_id,
        'population' as event_kind,
        null as person_id,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id as file_id,
        _line_number as line_number
    from population

)

select * from event_source
