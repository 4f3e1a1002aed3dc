-- One row per patient card of a township centre; a card is not a person.
with

landed as (

    {{ current_rows('c01_ms_brda') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c01_ms_brda', native_id='landed.brid', org_code='landed.jgid') }},
        {{ trim_code('landed.brid') }} as patient_id,
        {{ clean_number('landed.nhkh') }} as insurance_number,
        {{ clean_number('landed.empiid') }} as health_index_id,
        -- who
        {{ clean_text('landed.brxm') }} as person_name,
        landed.sfzh as id_number,
        sex.standard_code as sex_code,
        landed.brxb as sex_code_raw,
        {{ parse_date('landed.csny') }} as born_on,
        {{ trim_code('landed.mzdm') }} as ethnicity_code,
        {{ clean_text('landed.lxdh') }} as phone,
        {{ clean_text('landed.lxdz') }} as address,
        -- when
        {{ parse_timestamp('landed.jdsj') }} as entered_at,
        {{ parse_timestamp('landed.xgsj') }} as workplace_modified_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        {{ parse_yes_no('landed.zxbz') }} as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed.brxb) = sex.source_code
            and sex.code_list = 'D-SEX1'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('born_on') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
