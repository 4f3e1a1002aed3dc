-- One row per family-doctor team of the newest complete snapshot.
with

landed as (

    {{ current_rows('e01_pub_familyteam') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'e01_pub_familyteam',
            native_id='landed."teamId"',
            org_code='landed."manaUnitId"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."teamId"') }} as team_id,
        -- who
        {{ clean_text('landed."leaderName"') }} as leader_name,
        landed."leaderIdCard" as leader_id_number,
        -- where
        {{ trim_code('landed."manaUnitId"') }} as manage_unit_id,
        -- what
        {{ clean_text('landed."teamName"') }} as team_name,
        {{ trim_code('landed."regionCodes"') }} as region_codes,
        -- how much and whether
        {{ parse_integer('landed."memberCount"') }} as member_count,
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
            when {{ is_test_word('team_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
