-- One row per service package of the newest complete snapshot, its services as JSON.
with

landed as (

    {{ current_rows('e03_scm_servicepackage') }}

),

parsed as (

    select
        -- keys
        {{ source_keys('e03_scm_servicepackage', native_id='landed."spCode"') }},
        {{ trim_code('landed."spCode"') }} as package_code,
        -- what
        {{ clean_text('landed."spName"') }} as package_name,
        {{ trim_code('landed."intendedPopulation"') }} as key_group_code,
        -- Text that is no JSON would stop the whole table; it stays beside as it came.
        case
            when
                pg_input_is_valid(landed.items, 'jsonb')
                and jsonb_typeof(landed.items::jsonb) = 'array'
                then landed.items::jsonb
        end as items,
        landed.items as items_text,
        -- when
        {{ parse_date('landed."validEndDate"') }} as valid_until_on,
        -- how much and whether
        {{ parse_fen('landed."spPrice"') }} as package_price_fen,
        {{ parse_yes_no('landed."LOGOFF"') }} as is_withdrawn,
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
            when {{ is_test_word('package_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
