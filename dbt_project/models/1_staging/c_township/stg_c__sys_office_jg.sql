-- One row per institution of the township system.
with

landed as (

    {{ current_rows('c13_sys_office_jg') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'c13_sys_office_jg',
            native_id='landed.jgid',
            org_code='landed.jgid',
            org_in_key=false,
        ) }},
        {{ trim_code('landed.sjjgid') }} as parent_org_code,
        -- what
        {{ clean_text('landed.jgmc') }} as institution_name,
        {{ trim_code('landed.jglb') }} as class_code,
        -- when
        {{ parse_timestamp('landed.gxsj') }} as modified_at,
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
            when {{ is_test_word('institution_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
