-- One row per record that says where somebody lives: archives, and the insurer's lists.
with

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

stated as (

    select
        record_key,
        'archive' as basis,
        manage_unit_id,
        left(manage_unit_id, 9) as town_code,
        region_code,
        household_id,
        is_householder,
        created_on as begins_on,
        -- An archive that is closed is not where one lives any more.
        case when record_status_code = '1' then cancelled_on end as ends_on,
        coalesce(record_status_code = '1', false) as is_closed,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from archive
    where set_aside_because is null

    union all

    select
        record_key,
        'insurance' as basis,
        null as manage_unit_id,
        town_code,
        null as region_code,
        null as household_id,
        null as is_householder,
        make_date(insured_year, 1, 1) as begins_on,
        make_date(insured_year + 1, 1, 1) as ends_on,
        false as is_closed,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from insured
    where
        set_aside_because is null
        and town_code is not null

),

-- Of several archives that are open the newest says where one lives now.
linked as (

    select
        stated.*,
        person_link.person_id,
        row_number() over (
            partition by coalesce(person_link.person_id, stated.record_key), stated.basis
            order by
                stated.is_closed asc,
                stated.begins_on desc nulls last,
                stated.record_key asc
        ) as place_from_newest
    from stated
    left join person_link
        on stated.record_key = person_link.record_key

),

residence as (

    select
        -- keys
        linked.record_key as residence_id,
        -- who and where
        linked.person_id,
        institution_code.institution_code,
        linked.town_code,
        linked.region_code,
        linked.household_id,
        linked.is_householder,
        -- what and when
        linked.basis,
        linked.begins_on,
        linked.ends_on,
        not linked.is_closed
        and linked.place_from_newest = 1 as is_newest,
        -- where it comes from
        linked.source_system,
        linked.source_table,
        linked.org_code,
        linked.native_id,
        linked.native_part,
        linked._file_id,
        linked._line_number
    from linked
    left join institution_code
        on
            linked.manage_unit_id = institution_code.source_code
            and institution_code.code_system = 'manage_unit'

)

select * from residence
