-- One row per check-up of a child.
with

landed as (

    {{ current_rows('d17_cdh_checkup') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd17_cdh_checkup',
            native_id='landed."checkId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."checkId"') }} as exam_id,
        {{ trim_code('landed."cardId"') }} as child_card_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- when
        {{ parse_date('landed."checkDate"') }} as examined_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."checkupMonth"') }} as exam_age_months,
        nullif({{ parse_number('landed.height') }}, 0) as height,
        nullif({{ parse_number('landed.weight') }}, 0) as weight,
        nullif({{ parse_number('landed.hb') }}, 0) as haemoglobin,
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
                or {{ is_test_day('examined_on') }}
                then 'test_row'
            when examined_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
