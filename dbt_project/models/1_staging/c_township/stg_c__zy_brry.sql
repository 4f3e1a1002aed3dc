-- One row per admission to a township centre, cancelled ones included.
with

landed as (

    {{ current_rows('c07_zy_brry') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c07_zy_brry', native_id='landed.zyh', org_code='landed.jgid') }},
        {{ trim_code('landed.zyh') }} as stay_number,
        {{ trim_code('landed.brid') }} as patient_id,
        -- who
        {{ trim_code('landed.zyhm') }} as printed_stay_number,
        -- what
        {{ trim_code('landed.cypb') }} as discharge_status_code,
        {{ trim_code('landed.cyfs') }} as discharge_way_code,
        {{ parse_icd('landed.zddm') }} as main_diagnosis_code,
        landed.zddm as main_diagnosis_code_raw,
        {{ clean_text('landed.zdmc') }} as main_diagnosis_name,
        -- when
        {{ parse_timestamp('landed.ryrq') }} as admitted_at,
        {{ parse_timestamp('landed.cyrq') }} as discharged_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed.cypb) = '99', false) as is_cancelled,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case
            when {{ is_test_day('admitted_at') }} then 'test_row'
            when admitted_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
