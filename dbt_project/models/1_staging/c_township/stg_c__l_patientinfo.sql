-- One row per sample that a township centre tested.
with

landed as (

    {{ current_rows('c10_l_patientinfo') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'c10_l_patientinfo',
            native_id='landed.sampleno',
            org_code='landed.jgid',
        ) }},
        {{ trim_code('landed.sampleno') }} as sample_number,
        {{ trim_code('landed.jzxh') }} as visit_number,
        {{ trim_code('landed.brid') }} as patient_id,
        -- where
        {{ trim_code('landed.zjgid') }} as patient_org_code,
        -- what
        {{ standard_code('panel', 'landed.examinaim') }} as panel_code,
        landed.examinaim as panel_code_raw,
        -- when
        {{ parse_timestamp('landed.checktime') }} as checked_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as panel
        on
            btrim(landed.examinaim) = panel.source_code
            and panel.code_list = 'laboratory panel'

),

marked as (

    select
        *,
        case
            when {{ is_test_day('checked_at') }} then 'test_row'
            when checked_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
