-- One row per family-doctor team of the newest complete snapshot.
with

sent as (

    select * from {{ ref('stg_e__pub_familyteam') }}

),

staff as (

    select * from {{ ref('rec_staff') }}

),

staged_staff as (

    select * from {{ ref('stg_h__staff') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

-- Only the roster knows a leader by number; the number itself stays there.
numbered_staff as (

    select
        staff.staff_id,
        {{ bare_number('staged_staff.staff_id_number') }} as bare_number
    from staff
    inner join staged_staff
        on
            staff._file_id = staged_staff._file_id
            and staff._line_number = staged_staff._line_number

),

family_team as (

    select
        -- keys
        sent.record_key as event_id,
        sent.team_id,
        -- where
        institution_code.institution_code,
        left(sent.manage_unit_id, 9) as town_code,
        -- what
        sent.team_name,
        numbered_staff.staff_id as leader_staff_id,
        -- measures
        sent.member_count,
        array_length(
            regexp_split_to_array(sent.region_codes, {{ list_separator() }}), 1
        ) as village_count,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join institution_code
        on
            sent.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'
    left join numbered_staff
        on {{ bare_number('sent.leader_id_number') }} = numbered_staff.bare_number
    where sent.set_aside_because is null

)

select * from family_team
