-- One row per laboratory report of the TCM hospital, withdrawn ones included.
with

landed as (

    {{ current_rows('b10_tb_lis_report') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b10_tb_lis_report',
            native_id='landed."BGDH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."BGDH"') }} as report_number,
        {{ trim_code('landed."JZLSH"') }} as visit_number,
        {{ trim_code('landed."KH"') }} as patient_id,
        -- who
        {{ clean_text('landed."HZXM"') }} as person_name,
        -- where
        {{ trim_code('landed."HRJGDM"') }} as recognised_org_code,
        -- what
        {{ standard_code('panel', 'landed."JYMC"') }} as panel_code,
        landed."JYMC" as panel_code_raw,
        {{ trim_code('landed."HRBZ"') }} as recognition_code,
        {{ trim_code('landed."WHRYY"') }} as not_recognised_reason_code,
        {{ trim_code('landed."BGZT"') }} as report_status_code,
        -- when
        {{ parse_timestamp('landed."BGRQ"') }} as reported_at,
        -- how much and whether
        {{ parse_yes_no('landed."JZBZ"') }} as is_emergency,
        coalesce(btrim(landed."BGZT") = '3', false) as is_withdrawn,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as panel
        on
            btrim(landed."JYMC") = panel.source_code
            and panel.code_list = 'laboratory panel'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('reported_at') }}
                then 'test_row'
            when reported_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
