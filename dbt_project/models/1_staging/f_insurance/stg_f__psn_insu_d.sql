-- One row per insured person number and year.
with

landed as (

    {{ current_rows('f01_psn_insu_d') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'f01_psn_insu_d',
            native_id='landed."PSN_NO"',
            native_part='landed."YEAR"',
        ) }},
        {{ parse_integer('landed."YEAR"') }} as insured_year,
        {{ clean_number('landed."PSN_NO"') }} as insurance_number,
        -- who
        {{ clean_text('landed."PSN_NAME"') }} as person_name,
        id_type.standard_code as id_type_code,
        landed."PSN_CERT_TYPE" as id_type_code_raw,
        landed."CERTNO" as id_number,
        sex.standard_code as sex_code,
        landed."GEND" as sex_code_raw,
        {{ trim_code('landed."NATY"') }} as ethnicity_code,
        {{ parse_date('landed."BRDY"') }} as born_on,
        -- where
        {{ trim_code('landed."INSU_ADMDVS"') }} as insured_division_code,
        {{ trim_code('landed."RESD_TOWN"') }} as town_code,
        -- what
        {{ trim_code('landed."INSUTYPE"') }} as insurance_type_code,
        {{ trim_code('landed."PSN_TYPE"') }} as insured_kind_code,
        {{ trim_code('landed."PSN_INSU_STAS"') }} as insurance_status_code,
        -- when
        {{ parse_timestamp('landed."UPDT_TIME"') }} as modified_at,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as id_type
        on
            btrim(landed."PSN_CERT_TYPE") = id_type.source_code
            and id_type.code_list = 'D-F-CERT'
    left join code_mapping as sex
        on
            btrim(landed."GEND") = sex.source_code
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
            when insured_year is null then 'unreadable_figure'
        end as set_aside_because
    from parsed

)

select * from marked
