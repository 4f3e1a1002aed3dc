-- One row per family-doctor contract of the newest complete snapshot.
with

landed as (

    {{ current_rows('e02_scm_signcontractrecord') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('e02_scm_signcontractrecord', native_id='landed."SCID"') }},
        {{ trim_code('landed."SCID"') }} as contract_id,
        {{ clean_number('landed."favoreeEmpiId"') }} as health_index_id,
        {{ trim_code('landed."teamId"') }} as team_id,
        -- who
        {{ clean_text('landed."favoreeName"') }} as person_name,
        landed."idCard" as id_number,
        sex.standard_code as sex_code,
        landed.sex as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ clean_text('landed.mobile') }} as phone,
        {{ clean_text('landed."SecondParty"') }} as signer_name,
        -- what
        {{ trim_code('landed."peopleFlag"') }} as key_group_codes,
        {{ trim_code('landed."signServicePackages"') }} as package_codes,
        {{ trim_code('landed."stopReason"') }} as stop_reason_code,
        {{ trim_code('landed."signFlag"') }} as sign_kind_code,
        {{ trim_code('landed.fphm') }} as receipt_number,
        -- when
        {{ parse_timestamp('landed."scDate"') }} as signed_at,
        {{ parse_date('landed."beginDate"') }} as begins_on,
        {{ parse_date('landed."endDate"') }} as ends_on,
        {{ parse_date('landed."stopDate"') }} as stopped_on,
        {{ parse_timestamp('landed."lastModifyDate"') }} as modified_at,
        -- how much and whether
        {{ parse_integer('landed.year') }} as contract_year,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed.sex) = sex.source_code
            and sex.code_list = 'SEX-WORD'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('begins_on') }}
                then 'test_row'
            when begins_on is null or ends_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
