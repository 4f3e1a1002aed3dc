-- One row per posting of a member of staff, without name or identity number.
with

sent as (

    select * from {{ ref('stg_h__posting') }}

),

staged_staff as (

    select * from {{ ref('stg_h__staff') }}

),

staff as (

    select * from {{ ref('rec_staff') }}

),

institution_alias as (

    select * from {{ ref('rec_institution_alias') }}

),

-- Only the roster knows staff by number; the number itself stays there.
roster as (

    select
        staff.staff_id,
        {{ bare_number('staged_staff.staff_id_number') }} as bare_number
    from staff
    inner join staged_staff
        on
            staff._file_id = staged_staff._file_id
            and staff._line_number = staged_staff._line_number

),

identified as (

    select
        sent.*,
        roster.staff_id is not null as is_on_roster,
        sending.institution_code as from_institution_code,
        receiving.institution_code as to_institution_code,
        -- Somebody who is not on the roster has no number there.
        coalesce(
            roster.staff_id,
            {{ staff_id('sending.institution_code', 'null', 'sent.staff_id_number') }}
        ) as staff_id
    from sent
    left join roster
        on {{ bare_number('sent.staff_id_number') }} = roster.bare_number
    left join institution_alias as sending
        on sent.from_institution_name = sending.name
    left join institution_alias as receiving
        on sent.to_institution_name = receiving.name
    where sent.set_aside_because is null

),

posting as (

    select
        -- keys
        concat_ws(
            '|',
            staff_id,
            coalesce(to_institution_code, to_institution_name),
            started_on
        ) as posting_id,
        staff_id,
        is_on_roster,
        -- where
        from_institution_code,
        to_institution_code,
        -- what
        professional_title,
        -- when
        started_on,
        ended_on,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        _file_id,
        _line_number
    from identified

)

select * from posting
