-- One row per institution, group and time for which the lists put it into that group.
with

listed as (

    select * from {{ ref('stg_h__institution_listed') }}

),

-- As in `rec_institution`, where a list knows an institution by several codes.
ranked as (

    select
        *,
        row_number() over (
            partition by institution_code, listed_on
            order by
                {{ speaks_for_institution() }}
        ) as place
    from listed
    where
        set_aside_because is null
        and institution_code is not null

),

usable as (

    select
        *,
        min(listed_on) over (
            order by listed_on
            range between interval '1 day' following and unbounded following
        ) as next_list_on
    from ranked
    where place = 1

),

-- A village clinic belongs to the group of the centre above it.
grouped as (

    select
        usable.institution_code,
        usable.listed_on,
        usable.enabled_on,
        usable.disabled_on,
        usable.next_list_on,
        coalesce(usable.group_code, parent.group_code) as group_code,
        coalesce(usable.group_name, parent.group_name) as group_name,
        usable.group_code is null as is_by_parent,
        usable._file_id,
        usable._line_number
    from usable
    left join usable as parent
        on
            usable.parent_institution_code = parent.institution_code
            and usable.listed_on = parent.listed_on

),

compared as (

    select
        *,
        lag(group_code) over each_institution as group_before,
        lag(listed_on) over each_institution as listed_before_on
    from grouped
    window each_institution as (partition by institution_code order by listed_on)

),

numbered as (

    select
        *,
        count(*) filter (
            where listed_before_on is null or group_code is distinct from group_before
        ) over (partition by institution_code order by listed_on) as spell
    from compared

),

spell as (

    select
        institution_code,
        spell,
        min(listed_on) as first_listed_on,
        max(listed_on) as last_listed_on
    from numbered
    group by institution_code, spell

),

-- The newest list of a spell speaks for it.
described as (

    select
        numbered.*,
        spell.first_listed_on,
        lead(spell.first_listed_on) over (
            partition by numbered.institution_code order by numbered.spell
        ) as next_listed_on
    from numbered
    inner join spell
        on
            numbered.institution_code = spell.institution_code
            and numbered.spell = spell.spell
            and numbered.listed_on = spell.last_listed_on

),

group_member as (

    select
        -- keys
        institution_code || '|' || spell as membership_id,
        institution_code,
        group_code,
        -- what
        group_name,
        is_by_parent,
        -- when: what the first list says has held since the institution was enabled
        case
            when spell = 1 then coalesce(enabled_on, first_listed_on)
            else first_listed_on
        end as begins_on,
        -- What the next list has no more has ended by then.
        least(coalesce(next_listed_on, next_list_on), disabled_on) as ends_on,
        next_listed_on is null
        and next_list_on is null
        and disabled_on is null as is_current,
        -- where it comes from
        _file_id,
        _line_number
    from described
    where group_code is not null

)

select * from group_member
