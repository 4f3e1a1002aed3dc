-- One row per village clinic and year: what it has.
with

sent as (

    select * from {{ ref('stg_h__village_equipment') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

village_equipment as (

    select
        -- keys
        sent.record_key as event_id,
        sent.year,
        -- where
        institution.institution_code,
        institution.town_code,
        -- what
        sent.has_ecg_machine,
        sent.has_remote_ecg,
        sent.has_blood_pressure_monitor,
        sent.has_glucose_meter,
        -- measures
        sent.chinese_technique_count,
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
        on sent.township_id = institution.township_id
    where sent.set_aside_because is null

)

select * from village_equipment
