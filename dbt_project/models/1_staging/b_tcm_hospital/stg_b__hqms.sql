-- One row per front page of a hospital stay at the TCM hospital.
{# Record number 0 was never assigned: then admission and patient tell the pages apart.
   Only a digest of the patient enters the key, because keys are seen where names are not; it
   is short, so that no number can be found from it. #}
{%- set told_apart_by -%}
    case
        when btrim(landed."P3") = '0'
            then
                concat_ws(
                    '+',
                    left(landed."P22", 60),
                    left(md5(coalesce(nullif(btrim(landed."P13"), ''), landed."P4", '')), 6)
                )
    end
{%- endset -%}
{%- set native_part -%}
    concat_ws('+', landed."P2", landed."P25", {{ told_apart_by }})
{%- endset -%}
with

landed as (

    {{ current_rows('b13_hqms', told_apart_by=told_apart_by) }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b13_hqms',
            native_id='landed."P3"',
            native_part=native_part,
            org_code='landed."P900"',
            org_in_key=false,
        ) }},
        {{ parse_integer('landed."P2"') }} as stay_ordinal,
        {{ trim_code('landed."P3"') }} as medical_record_number,
        -- who
        {{ clean_text('landed."P4"') }} as person_name,
        {{ standard_code('sex', 'landed."P5"') }} as sex_code,
        landed."P5" as sex_code_raw,
        {{ parse_date('landed."P6"') }} as born_on,
        {{ parse_integer('landed."P7"') }} as age_years,
        {{ trim_code('landed."P11"') }} as ethnicity_code,
        landed."P13" as id_number,
        {{ standard_code('marital', 'landed."P8"') }} as marital_code,
        landed."P8" as marital_code_raw,
        {{ clean_text('landed."P801"') }} as address,
        {{ clean_text('landed."P802"') }} as phone,
        {{ standard_code('rh', 'landed."P63"') }} as rh_code,
        landed."P63" as rh_code_raw,
        -- where
        {{ trim_code('landed."P23"') }} as admission_department_code,
        {{ trim_code('landed."P26"') }} as department_code,
        -- what
        {{ clean_text('landed."P6891"') }} as institution_name,
        {{ trim_code('landed."P1"') }} as payment_method_code,
        {{ trim_code('landed."P9"') }} as occupation_code,
        {{ trim_code('landed."P804"') }} as admission_way_code,
        {{ parse_icd('landed."P321"') }} as main_diagnosis_code,
        landed."P321" as main_diagnosis_code_raw,
        {{ clean_text('landed."P322"') }} as main_diagnosis_name,
        {{ trim_code('landed."P805"') }} as admission_condition_code,
        {{ parse_icd('landed."P324"') }} as other_diagnosis_code_1,
        landed."P324" as other_diagnosis_code_1_raw,
        {{ clean_text('landed."P325"') }} as other_diagnosis_name_1,
        {{ parse_icd('landed."P327"') }} as other_diagnosis_code_2,
        landed."P327" as other_diagnosis_code_2_raw,
        {{ clean_text('landed."P328"') }} as other_diagnosis_name_2,
        {{ parse_icd('landed."P3291"') }} as other_diagnosis_code_3,
        landed."P3291" as other_diagnosis_code_3_raw,
        {{ clean_text('landed."P3292"') }} as other_diagnosis_name_3,
        {{ parse_icd('landed."P3294"') }} as other_diagnosis_code_4,
        landed."P3294" as other_diagnosis_code_4_raw,
        {{ clean_text('landed."P3295"') }} as other_diagnosis_name_4,
        {{ trim_code('landed."P490"') }} as operation_code_1,
        {{ trim_code('landed."P820"') }} as operation_level_1,
        {{ clean_text('landed."P492"') }} as operation_name_1,
        {{ trim_code('landed."P4911"') }} as operation_code_2,
        {{ trim_code('landed."P821"') }} as operation_level_2,
        {{ clean_text('landed."P4913"') }} as operation_name_2,
        {{ trim_code('landed."P4921"') }} as operation_code_3,
        {{ trim_code('landed."P822"') }} as operation_level_3,
        {{ clean_text('landed."P4923"') }} as operation_name_3,
        {{ trim_code('landed."P741"') }} as discharge_way_code,
        {{ clean_text('landed."P742"') }} as receiving_institution_name,
        {{ trim_code('landed."P62"') }} as blood_type_code,
        -- when
        {{ parse_timestamp('landed."P22"') }} as admitted_at,
        {{ parse_timestamp('landed."P25"') }} as discharged_at,
        {{ parse_date('landed."P491"') }} as operated_on_1,
        {{ parse_date('landed."P4912"') }} as operated_on_2,
        {{ parse_date('landed."P4922"') }} as operated_on_3,
        {{ parse_timestamp('landed."P_SCSJ"') }} as uploaded_at,
        -- how much and whether
        {{ parse_integer('landed."P27"') }} as length_of_stay_days,
        {{ parse_fen('landed."P782"') }} as total_fee_fen,
        {{ parse_fen('landed."P751"') }} as self_paid_fee_fen,
        {{ parse_fen('landed."P752"') }} as general_service_fee_fen,
        {{ parse_fen('landed."P754"') }} as diagnostic_fee_fen,
        {{ parse_fen('landed."P755"') }} as treatment_fee_fen,
        {{ parse_fen('landed."P764"') }} as western_medicine_fee_fen,
        {{ parse_fen('landed."P765"') }} as proprietary_medicine_fee_fen,
        {{ parse_fen('landed."P766"') }} as herb_fee_fen,
        {{ parse_fen('landed."P771"') }} as consumables_fee_fen,
        {{ parse_fen('landed."P781"') }} as other_fee_fen,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."P5") = sex.source_code
            and sex.code_list = 'D-SEX1'
    left join code_mapping as marital
        on
            btrim(landed."P8") = marital.source_code
            and marital.code_list = 'D-MARR-FP'
    left join code_mapping as rh
        on
            btrim(landed."P63") = rh.source_code
            and rh.code_list = 'RH-FP'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('discharged_at') }}
                then 'test_row'
            when discharged_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
