-- One row per imaging or ECG report of a centre or clinic itself, void ones included.
with

landed as (

    {{ current_rows('c12_pacs_bgjg') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('c12_pacs_bgjg', native_id='landed.bgdh', org_code='landed.jgid') }},
        {{ trim_code('landed.bgdh') }} as report_number,
        {{ trim_code('landed.jzxh') }} as visit_number,
        -- what
        {{ standard_code('exam_type', 'landed.jclb') }} as exam_type_code,
        landed.jclb as exam_type_code_raw,
        {{ clean_text('landed.yxzd') }} as conclusion,
        {{ trim_code('landed.bgzt') }} as report_status_code,
        -- when
        {{ parse_timestamp('landed.bgsj') }} as reported_at,
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
        -- how much and whether
        coalesce(btrim(landed.bgzt) = '2', false) as is_final,
        coalesce(btrim(landed.bgzt) = '9', false) as is_void,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as exam_type
        on
            btrim(landed.jclb) = exam_type.source_code
            and exam_type.code_list = 'examination type'

),

marked as (

    select
        *,
        case
            when
                {{ is_test_word('conclusion') }}
                or {{ is_test_day('reported_at') }}
                then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
