-- One row per death card.
with

landed as (

    {{ current_rows('d20_dea_deathreportcard') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('d20_dea_deathreportcard', native_id='landed."cardId"') }},
        {{ trim_code('landed."cardId"') }} as death_card_id,
        -- who
        {{ clean_text('landed."deadName"') }} as person_name,
        landed."idCard" as id_number,
        sex.standard_code as sex_code,
        landed."sexCode" as sex_code_raw,
        {{ parse_date('landed.birthday') }} as born_on,
        {{ clean_text('landed.address') }} as address,
        -- where
        {{ trim_code('landed."townCode"') }} as town_code,
        -- what
        {{ parse_icd('landed."rootCauseCode"') }} as root_cause_code,
        landed."rootCauseCode" as root_cause_code_raw,
        {{ clean_text('landed."rootCauseName"') }} as root_cause_name,
        {{ clean_text('landed."reportUnit"') }} as reporting_unit_name,
        -- when
        {{ parse_date('landed."deadDate"') }} as dead_on,
        {{ parse_date('landed."reportDate"') }} as reported_on,
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
                or {{ is_test_day('dead_on') }}
                then 'test_row'
            when dead_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
