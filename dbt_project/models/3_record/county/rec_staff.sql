-- One row per member of staff on the newest roster, without name or identity number.
with

sent as (

    select * from {{ ref('stg_h__staff') }}

),

institution_alias as (

    select * from {{ ref('rec_institution_alias') }}

),

staff as (

    select
        -- keys
        {{ staff_id(
            'institution_alias.institution_code', 'sent.staff_number', 'sent.staff_id_number'
        ) }} as staff_id,
        sent.staff_number,
        -- where
        institution_alias.institution_code,
        -- what
        sent.sex_code,
        sent.staff_category,
        sent.professional_title,
        sent.establishment_status,
        coalesce(sent.is_general_practitioner, false) as is_general_practitioner,
        coalesce(sent.is_public_health_physician, false) as is_public_health_physician,
        -- when
        sent.roster_month_on,
        sent.joined_on,
        sent.left_on,
        -- An end that cannot be read is one nevertheless.
        sent.left_on is null
        and {{ clean_text('sent.left_on_text') }} is null as is_employed,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent._file_id,
        sent._line_number
    from sent
    left join institution_alias
        on sent.institution_name = institution_alias.name
    where sent.set_aside_because is null

)

select * from staff
