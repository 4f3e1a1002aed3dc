-- One row per year, town and sex of the residents' reports.
with

landed as (

    {{ current_rows('h06_resident_population') }}

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'h06_resident_population',
            native_id='landed."乡镇代码"',
            native_part="landed._period || '+' || landed.\"性别\"",
        ) }},
        {{ trim_code('landed."乡镇代码"') }} as town_code,
        sex.standard_code as sex_code,
        landed."性别" as sex_code_raw,
        {{ parse_integer('left(landed._period, 4)') }} as year,
        -- what
        {{ clean_text('landed."乡镇"') }} as town_name,
        -- how much and whether
        {{ parse_integer('landed."0-4"') }} as age_0_4,
        {{ parse_integer('landed."5-9"') }} as age_5_9,
        {{ parse_integer('landed."10-14"') }} as age_10_14,
        {{ parse_integer('landed."15-19"') }} as age_15_19,
        {{ parse_integer('landed."20-24"') }} as age_20_24,
        {{ parse_integer('landed."25-29"') }} as age_25_29,
        {{ parse_integer('landed."30-34"') }} as age_30_34,
        {{ parse_integer('landed."35-39"') }} as age_35_39,
        {{ parse_integer('landed."40-44"') }} as age_40_44,
        {{ parse_integer('landed."45-49"') }} as age_45_49,
        {{ parse_integer('landed."50-54"') }} as age_50_54,
        {{ parse_integer('landed."55-59"') }} as age_55_59,
        {{ parse_integer('landed."60-64"') }} as age_60_64,
        {{ parse_integer('landed."65-69"') }} as age_65_69,
        {{ parse_integer('landed."70-74"') }} as age_70_74,
        {{ parse_integer('landed."75-79"') }} as age_75_79,
        {{ parse_integer('landed."80-84"') }} as age_80_84,
        {{ parse_integer('landed."85+"') }} as age_85_up,
        {{ parse_integer('landed."合计"') }} as resident_count,
        {{ parse_integer('landed."其中0-6岁"') }} as age_0_6_count,
        {{ parse_integer('landed."户籍人口"') }} as registered_count,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."性别") = sex.source_code
            and sex.code_list = 'SEX-WORD'

),

marked as (

    select
        *,
        case
            when
                year is null
                or sex_code is null
                -- Nobody counts fewer than none.
                or coalesce(resident_count, -1) < 0
                then 'unreadable_figure'
        end as set_aside_because
    from parsed

)

select * from marked
