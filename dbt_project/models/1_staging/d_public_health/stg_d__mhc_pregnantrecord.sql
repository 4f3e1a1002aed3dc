-- One row per pregnancy record that has not been deleted.
with

landed as (

    {{ current_rows('d12_mhc_pregnantrecord') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd12_mhc_pregnantrecord',
            native_id='landed."pregnantId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."pregnantId"') }} as pregnancy_record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        {{ parse_date('landed.birthday') }} as born_on,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ clean_text('landed."deliveryUnit"') }} as delivery_unit_name,
        -- when
        {{ parse_date('landed."bookDate"') }} as booked_on,
        {{ parse_date('landed."lastMenstrualPeriod"') }} as last_period_began_on,
        {{ parse_date('landed."dateOfPrenatal"') }} as delivery_due_on,
        {{ parse_date('landed."deliveryDate"') }} as delivered_on,
        {{ parse_date('landed."leaveHospitalDate"') }} as discharged_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."liveBirths"') }} as live_birth_count,
        {{ parse_yes_no('landed."isLocal"') }} as is_local_resident,
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
                or {{ is_test_day('booked_on') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
