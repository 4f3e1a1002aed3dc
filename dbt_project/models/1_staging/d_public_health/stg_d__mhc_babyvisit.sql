-- One row per visit to a newborn.
with

landed as (

    {{ current_rows('d15_mhc_babyvisit') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd15_mhc_babyvisit',
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
        {{ clean_text('landed."motherName"') }} as mother_name,
        landed."motherCardNo" as mother_id_number,
        {{ trim_code('landed."certificateNo"') }} as birth_certificate_number,
        sex.standard_code as sex_code,
        landed."sexCode" as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- when
        {{ parse_date('landed."visitDate"') }} as followed_up_on,
        {{ parse_date('landed."inputDate"') }} as entered_on,
        {{ parse_date('landed."lastModifyDate"') }} as modified_on,
        -- how much and whether
        {{ parse_integer('landed."birthOrder"') }} as birth_order,
        nullif({{ parse_integer('landed."birthWeight"') }}, 0) as birth_weight,
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
                or {{ is_test_day('followed_up_on') }}
                then 'test_row'
            when followed_up_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
