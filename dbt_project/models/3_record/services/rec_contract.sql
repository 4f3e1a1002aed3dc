-- One row per family-doctor contract of the newest complete snapshot.
with

sent as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

team as (

    select * from {{ ref('stg_e__pub_familyteam') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

contract as (

    select
        -- keys
        sent.record_key as event_id,
        sent.contract_id,
        -- who and where
        person_link.person_id,
        sent.team_id,
        institution_code.institution_code,
        left(team.manage_unit_id, 9) as town_code,
        -- what and when
        sent.sign_kind_code,
        array_to_string(
            array(
                select distinct listed.group_code
                from
                    regexp_split_to_table(
                        sent.key_group_codes, {{ list_separator() }}
                    ) as listed (group_code)
                where listed.group_code <> ''
                order by listed.group_code
            ),
            ','
        ) as key_group_codes,
        sent.signed_at,
        sent.begins_on,
        sent.ends_on,
        sent.stopped_on,
        sent.stop_reason_code,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join team
        on sent.team_id = team.team_id
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution_code
        on
            team.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'
    where sent.set_aside_because is null

)

select * from contract
