-- One row per operation or procedure of a stay at the TCM hospital.
with

landed as (

    {{ current_rows('b09_tb_operation_detail') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'b09_tb_operation_detail',
            native_id='landed."SSLSH"',
            org_code='landed."YLJGDM"',
        ) }},
        {{ trim_code('landed."SSLSH"') }} as operation_number,
        {{ trim_code('landed."ZYLSH"') }} as stay_number,
        -- what
        {{ trim_code('landed."SSBM"') }} as operation_code,
        {{ clean_text('landed."SSMC"') }} as operation_name,
        {{ trim_code('landed."SSJB"') }} as operation_level,
        {{ trim_code('landed."MZFS"') }} as anaesthesia_code,
        -- when
        {{ parse_timestamp('landed."SSKSSJ"') }} as operated_at,
        -- how much and whether
        -- The national format has room for five characters, the real codes are longer.
        coalesce(btrim(landed."SSBM") ~ '^[0-9]{2}[.][0-9x]{2}$', false) as is_code_cut,
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
            when
                {{ is_test_word('operation_name') }}
                or {{ is_test_day('operated_at') }}
                then 'test_row'
            when operated_at is null then 'impossible_date'
        end as set_aside_because
    from parsed

)

select * from marked
