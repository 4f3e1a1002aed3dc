-- One row per tuberculosis record that has not been deleted.
with

landed as (

    {{ current_rows('d10_tb_tuberculosisrecord') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd10_tb_tuberculosisrecord',
            native_id='landed."recordId"',
            native_part='landed."phrId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."recordId"') }} as record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed.supervisor') }} as supervisor_code,
        {{ trim_code('landed."stopTreatmentReason"') }} as treatment_stop_reason_code,
        {{ trim_code('landed.status') }} as record_status_code,
        -- when
        {{ parse_date('landed."noticeDate"') }} as notified_on,
        {{ parse_date('landed."firstVisitDate"') }} as first_visited_on,
        {{ parse_date('landed."stopTreatmentDate"') }} as treatment_stopped_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."shouldDoses"') }} as due_dose_count,
        {{ parse_integer('landed."actualDoses"') }} as taken_dose_count,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('notified_on') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
