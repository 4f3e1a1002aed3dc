-- One row per child's health card that has not been deleted.
with

landed as (

    {{ current_rows('d16_cdh_healthcard') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd16_cdh_healthcard',
            native_id='landed."cardId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ clean_number('landed."empiId"') }} as health_index_id,
        {{ trim_code('landed."phrId"') }} as archive_id,
        {{ trim_code('landed."cardId"') }} as child_card_id,
        -- who
        {{ clean_text('landed."personName"') }} as person_name,
        landed."idCard" as id_number,
        sex.standard_code as sex_code,
        landed."sexCode" as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ clean_text('landed."motherName"') }} as mother_name,
        landed."motherCardNo" as mother_id_number,
        {{ trim_code('landed."certificateNo"') }} as birth_certificate_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ trim_code('landed.status') }} as record_status_code,
        -- when
        {{ parse_date('landed."createDate"') }} as created_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."sexCode") = sex.source_code
            and sex.code_list = 'D-SEX1'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('created_on') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
