-- One row per request for a remote consultation as it stands, cancelled ones included.
with

landed as (

    {{ current_rows('g02_cons_consultationrecord') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'g02_cons_consultationrecord',
            native_id='landed."consultNo"',
            org_code='landed."applyUnit"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."consultNo"') }} as consultation_number,
        -- who
        {{ clean_text('landed."patientName"') }} as person_name,
        landed."idCard" as id_number,
        {{ standard_code('sex', 'landed.sex') }} as sex_code,
        landed.sex as sex_code_raw,
        {{ parse_integer('landed.age') }} as age_years,
        -- Text that is no JSON would stop the whole table; it stays beside as it came.
        case
            when
                pg_input_is_valid(landed.experts, 'jsonb')
                and jsonb_typeof(landed.experts::jsonb) = 'array'
                then landed.experts::jsonb
        end as experts,
        landed.experts as experts_text,
        -- where
        {{ trim_code('landed."applyUnit"') }} as applying_institution_code,
        -- what
        {{ clean_text('landed.diagnosis') }} as diagnosis_name,
        {{ clean_text('landed.opinion') }} as opinion,
        {{ trim_code('landed.status') }} as consultation_status_code,
        -- when
        {{ parse_timestamp('landed."applyTime"') }} as applied_at,
        {{ parse_timestamp('landed."opinionTime"') }} as opinion_issued_at,
        -- how much and whether
        {{ parse_integer('landed."durationMinutes"') }} as duration_minutes,
        coalesce({{ trim_code('landed.status') }} = '4', false) as is_cancelled,
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
                or {{ is_test_word('diagnosis_name') }}
                or {{ is_test_day('applied_at') }}
                then 'test_row'
            when applied_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
