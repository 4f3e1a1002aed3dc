-- One row per institution and month of the reports on beds.
with

landed as (

    {{ current_rows('h04_bed_month') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'h04_bed_month',
            native_id='landed."机构代码"',
            native_part='landed."月份"',
            org_code='landed."机构代码"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."机构代码"') }} as institution_code,
        {{ trim_code('landed."月份"') }} as month,
        {{ parse_date("btrim(landed.\"月份\") || '01'") }} as month_begins_on,
        -- what
        {{ clean_text('landed."机构名称"') }} as institution_name,
        -- how much and whether
        {{ parse_integer('landed."编制床位"') }} as approved_bed_count,
        {{ parse_integer('landed."实有床位"') }} as actual_bed_count,
        {{ parse_integer('landed."开放床位"') }} as open_bed_count,
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
            when
                month_begins_on is null
                -- Nobody counts fewer than none.
                or coalesce(open_bed_count, -1) < 0
                then 'unreadable_figure'
        end as set_aside_because
    from parsed

)

select * from marked
