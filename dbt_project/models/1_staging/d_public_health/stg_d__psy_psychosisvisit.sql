-- One row per follow-up of severe mental illness.
with

landed as (

    {{ current_rows('d09_psy_psychosisvisit') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd09_psy_psychosisvisit',
            native_id='landed."visitId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."visitId"') }} as follow_up_id,
        {{ trim_code('landed."recordId"') }} as record_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        {{ clean_text('landed."visitDoctor"') }} as doctor_name,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        coalesce(
            way.standard_code, {{ trim_code('landed."visitWay"') }}
        ) as follow_up_way_code,
        {{ trim_code('landed."visitType"') }} as illness_state_code,
        {{ trim_code('landed."dangerousGrade"') }} as danger_level_code,
        -- when
        {{ parse_date('landed."visitDate"') }} as followed_up_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as way
        on
            btrim(landed."visitWay") = way.source_code
            and way.code_list = 'D-WAY-D'

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
