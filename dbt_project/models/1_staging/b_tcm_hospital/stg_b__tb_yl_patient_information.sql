-- One row per patient card of the TCM hospital; a card is not a person.
with

landed as (

    {{ current_rows('b01_tb_yl_patient_information') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b01_tb_yl_patient_information',
            native_id='landed."KH"',
            native_part='landed."KLX"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."KH"') }} as patient_id,
        {{ trim_code('landed."KLX"') }} as card_type_code,
        {{ clean_number('landed."YBKH"') }} as insurance_number,
        -- who
        {{ clean_text('landed."XM"') }} as person_name,
        sex.standard_code as sex_code,
        landed."XB" as sex_code_raw,
        {{ parse_date('landed."CSRQ"') }} as born_on,
        id_type.standard_code as id_type_code,
        landed."ZJLX" as id_type_code_raw,
        landed."ZJHM" as id_number,
        {{ trim_code('landed."MZ"') }} as ethnicity_code,
        marital.standard_code as marital_code,
        landed."HYZK" as marital_code_raw,
        {{ clean_text('landed."LXDH"') }} as phone,
        {{ clean_text('landed."JTDZ"') }} as address,
        -- what
        {{ trim_code('landed."XGBZ"') }} as edit_code,
        -- when
        {{ parse_timestamp('landed."YWSCSJ"') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed."XGBZ") = '2', false) as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."XB") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as id_type
        on
            btrim(landed."ZJLX") = id_type.source_code
            and id_type.code_list = 'CV02.01.101'
    left join code_mapping as marital
        on
            btrim(landed."HYZK") = marital.source_code
            and marital.code_list = 'GB/T 2261.2'

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
