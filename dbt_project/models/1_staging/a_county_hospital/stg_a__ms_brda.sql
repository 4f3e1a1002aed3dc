-- One row per patient card of the county hospital; a card is not a person.
with

landed as (

    {{ current_rows('a01_ms_brda') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

system_institution as (

    select * from {{ ref('system_institution') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'a01_ms_brda',
            native_id='landed."BRID"',
            org_code='system_institution.institution_code',
        ) }},
        {{ trim_code('landed."BRID"') }} as patient_id,
        {{ clean_number('landed."EMPIID"') }} as health_index_id,
        {{ clean_number('landed."YBKH"') }} as insurance_number,
        -- who
        {{ clean_number('landed."MZHM"') }} as outpatient_number,
        {{ clean_text('landed."BRXM"') }} as person_name,
        landed."SFZH" as id_number,
        sex.standard_code as sex_code,
        landed."BRXB" as sex_code_raw,
        {{ parse_date('landed."CSNY"') }} as born_on,
        marital.standard_code as marital_code,
        landed."HYZK" as marital_code_raw,
        {{ trim_code('landed."MZDM"') }} as ethnicity_code,
        {{ clean_text('landed."LXDH"') }} as phone,
        {{ clean_text('landed."LXDZ"') }} as address,
        -- what
        {{ trim_code('landed."BRXZ"') }} as payer_code,
        {{ trim_code('landed."ZYDM"') }} as occupation_code,
        {{ trim_code('landed."XXDM"') }} as blood_type_code,
        -- when
        {{ parse_timestamp('landed."JDSJ"') }} as entered_at,
        {{ parse_timestamp('landed."XGSJ"') }} as modified_at,
        -- how much and whether
        {{ parse_yes_no('landed."ZXBZ"') }} as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join code_mapping as sex
        on
            btrim(landed."BRXB") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as marital
        on
            btrim(landed."HYZK") = marital.source_code
            and marital.code_list = 'D-MARR-A'

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
