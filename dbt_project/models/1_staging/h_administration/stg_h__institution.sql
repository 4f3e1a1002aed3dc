-- One row per institution of the newest list.
with

landed as (

    {{ current_rows('h01_institution_directory') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('h01_institution_directory', native_id='landed."JGDM22"') }},
        {{ trim_code('landed."JGDM22"') }} as code22,
        -- where
        {{ trim_code('landed."TYSHXYDM"') }} as institution_code,
        {{ trim_code('landed."MANAUNITID"') }} as manage_unit_id,
        {{ trim_code('landed."XZQH"') }} as division_code,
        -- what
        {{ trim_code('landed."YBDM"') }} as insurance_code,
        {{ trim_code('landed."JGID"') }} as township_id,
        {{ clean_text('landed."JGMC"') }} as institution_name,
        {{ clean_text('landed."JGJC"') }} as short_name,
        {{ clean_text('landed."CYM"') }} as former_name,
        {{ trim_code('landed."JGLB"') }} as class_code,
        {{ trim_code('landed."JGDJ"') }} as level_code,
        {{ trim_code('landed."SSJT"') }} as group_code,
        {{ clean_text('landed."SSJTMC"') }} as group_name,
        {{ trim_code('landed."SJJG"') }} as parent_institution_code,
        {{ clean_text('landed."BZ"') }} as remark,
        -- when
        {{ parse_date('landed."QYRQ"') }} as enabled_on,
        {{ parse_date('landed."TYRQ"') }} as disabled_on,
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
