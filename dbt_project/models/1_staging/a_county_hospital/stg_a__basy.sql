-- One row per front page of a hospital stay at the county hospital.
{# Record number 0 was never assigned: then the hour of admission and the patient tell front
   pages apart. Only a digest of the patient enters the key, because keys are seen where names
   are not; it is short, so that no number can be found from it. #}
{%- set told_apart_by -%}
    case
        when landed."BAH" = '0'
            then
                concat_ws(
                    '+',
                    left(landed."RYSJ", 60),
                    left(landed."RYSJS", 60),
                    left(md5(coalesce(landed."SFZH", landed."XM", '')), 6)
                )
    end
{%- endset -%}
{%- set native_part -%}
    concat_ws('+', landed."ZYCS", landed."CYSJ", {{ told_apart_by }})
{%- endset -%}
with

landed as (

    {{ current_rows('a11_basy', told_apart_by=told_apart_by) }}

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
            'a11_basy',
            native_id='landed."BAH"',
            native_part=native_part,
            org_code='system_institution.institution_code',
        ) }},
        {{ parse_integer('landed."ZYCS"') }} as stay_ordinal,
        {{ trim_code('landed."BAH"') }} as medical_record_number,
        -- who
        {{ clean_number('landed."JKKH"') }} as health_card_number,
        {{ clean_text('landed."XM"') }} as person_name,
        sex.standard_code as sex_code,
        landed."XB" as sex_code_raw,
        {{ parse_date('landed."CSRQ"') }} as born_on,
        {{ trim_code('landed."MZ"') }} as ethnicity_code,
        landed."SFZH" as id_number,
        marital.standard_code as marital_code,
        landed."HY" as marital_code_raw,
        {{ clean_text('landed."XZZ"') }} as address,
        {{ clean_text('landed."DH"') }} as phone,
        rh.standard_code as rh_code,
        landed."RH" as rh_code_raw,
        -- where
        {{ trim_code('landed."RYKB"') }} as admission_department_code,
        {{ trim_code('landed."CYKB"') }} as department_code,
        -- what
        {{ clean_text('landed."USERNAME"') }} as institution_name,
        {{ trim_code('landed."YLFKFS"') }} as payment_method_code,
        {{ clean_text('landed."NL"') }} as age_text,
        {{ trim_code('landed."ZY"') }} as occupation_code,
        {{ trim_code('landed."RYTJ"') }} as admission_way_code,
        {{ parse_icd('landed."JBDM"') }} as main_diagnosis_code,
        landed."JBDM" as main_diagnosis_code_raw,
        {{ clean_text('landed."ZYZD"') }} as main_diagnosis_name,
        {{ trim_code('landed."RYBQ"') }} as admission_condition_code,
        {{ parse_icd('landed."JBDM1"') }} as other_diagnosis_code_1,
        landed."JBDM1" as other_diagnosis_code_1_raw,
        {{ trim_code('landed."QTZD1"') }} as other_diagnosis_name_1,
        {{ parse_icd('landed."JBDM2"') }} as other_diagnosis_code_2,
        landed."JBDM2" as other_diagnosis_code_2_raw,
        {{ trim_code('landed."QTZD2"') }} as other_diagnosis_name_2,
        {{ parse_icd('landed."JBDM3"') }} as other_diagnosis_code_3,
        landed."JBDM3" as other_diagnosis_code_3_raw,
        {{ trim_code('landed."QTZD3"') }} as other_diagnosis_name_3,
        {{ parse_icd('landed."JBDM4"') }} as other_diagnosis_code_4,
        landed."JBDM4" as other_diagnosis_code_4_raw,
        {{ trim_code('landed."QTZD4"') }} as other_diagnosis_name_4,
        {{ trim_code('landed."SSJCZBM1"') }} as operation_code_1,
        {{ trim_code('landed."SSJB1"') }} as operation_level_1,
        {{ trim_code('landed."SSJCZMC1"') }} as operation_name_1,
        {{ trim_code('landed."SSJCZBM2"') }} as operation_code_2,
        {{ trim_code('landed."SSJB2"') }} as operation_level_2,
        {{ trim_code('landed."SSJCZMC2"') }} as operation_name_2,
        {{ trim_code('landed."SSJCZBM3"') }} as operation_code_3,
        {{ trim_code('landed."SSJB3"') }} as operation_level_3,
        {{ trim_code('landed."SSJCZMC3"') }} as operation_name_3,
        {{ trim_code('landed."LYFS"') }} as discharge_way_code,
        {{ clean_text('landed."YZZY_YLJG"') }} as receiving_institution_name,
        {{ trim_code('landed."XX"') }} as blood_type_code,
        -- when
        {{ parse_date('landed."RYSJ"') }} as admitted_on,
        {{ parse_date('landed."CYSJ"') }} as discharged_on,
        {{ parse_date('landed."SSJCZRQ1"') }} as operated_on_1,
        {{ parse_date('landed."SSJCZRQ2"') }} as operated_on_2,
        {{ parse_date('landed."SSJCZRQ3"') }} as operated_on_3,
        {{ parse_timestamp('landed."SCSJ"') }} as uploaded_at,
        -- how much and whether
        {{ parse_integer('landed."RYSJS"') }} as admitted_hour,
        {{ parse_integer('landed."CYSJS"') }} as discharged_hour,
        {{ parse_integer('landed."SJZYTS"') }} as length_of_stay_days,
        {{ parse_fen('landed."ZFY"') }} as total_fee_fen,
        {{ parse_fen('landed."ZFJE"') }} as self_paid_fee_fen,
        {{ parse_fen('landed."ZHYLFWF"') }} as general_service_fee_fen,
        {{ parse_fen('landed."ZDLF"') }} as diagnostic_fee_fen,
        {{ parse_fen('landed."ZLLF"') }} as treatment_fee_fen,
        {{ parse_fen('landed."XYF"') }} as western_medicine_fee_fen,
        {{ parse_fen('landed."ZCYF"') }} as proprietary_medicine_fee_fen,
        {{ parse_fen('landed."ZCAOYF"') }} as herb_fee_fen,
        {{ parse_fen('landed."HCF"') }} as consumables_fee_fen,
        {{ parse_fen('landed."QTF"') }} as other_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join system_institution
        on system_institution.source_system = 'A'
    left join code_mapping as sex
        on
            btrim(landed."XB") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as marital
        on
            btrim(landed."HY") = marital.source_code
            and marital.code_list = 'D-MARR-FP'
    left join code_mapping as rh
        on
            btrim(landed."RH") = rh.source_code
            and rh.code_list = 'RH-FP'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('discharged_on') }}
                then 'test_row'
            when discharged_on is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
