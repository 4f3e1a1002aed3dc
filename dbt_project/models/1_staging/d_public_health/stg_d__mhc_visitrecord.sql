-- One row per antenatal visit.
with

landed as (

    {{ current_rows('d13_mhc_visitrecord') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd13_mhc_visitrecord',
            native_id='landed."visitId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."visitId"') }} as follow_up_id,
        {{ trim_code('landed."pregnantId"') }} as pregnancy_record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- when
        {{ parse_date('landed."visitDate"') }} as followed_up_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."checkWeek"') }} as gestation_weeks,
        landed.constriction as systolic_pressure,
        landed.diastolic as diastolic_pressure,
        nullif({{ parse_number('landed.weight') }}, 0) as weight,
        {{ parse_systolic('landed.constriction') }} as systolic_mmhg,
        {{ parse_diastolic('landed.constriction', 'landed.diastolic') }} as diastolic_mmhg,
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
                or {{ is_test_day('followed_up_on') }}
                then 'test_row'
            when followed_up_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
