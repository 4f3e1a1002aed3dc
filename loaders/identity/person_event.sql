insert into identity.person_event (
    run_id, type, person_id, other_person_id, record_key, method, rule, reason,
    actor, decision_id, before, after
)
with

-- For an id that began or came back: from whom most of its records came, and whether it took
-- that person over or was split off.
arrival as (

    select distinct on (new_person_id)
        new_person_id as person_id,
        old_person_id,
        decision_id,
        type = 'merge' as took_over
    from person_move
    order by new_person_id, -records, old_person_id

),

begun as (

    select
        case changed_person.became when 'issued' then 'create' else 'reinstate' end as type,
        changed_person.person_id,
        arrival.old_person_id as other_person_id,
        ledger.anchor_record_key as record_key,
        'first' as method,
        'first_record' as rule,
        case
            when arrival.took_over then 'other_anchor'
            when arrival.person_id is not null then 'split_off'
            when changed_person.became = 'issued' then 'new_records'
            else 'records_came_back'
        end as reason,
        arrival.decision_id,
        null::jsonb as before,
        jsonb_build_object(changed_person.person_id, changed_person.records_after) as after
    from changed_person
    inner join identity.person_ledger as ledger
        on changed_person.person_id = ledger.person_id
    left join arrival on changed_person.person_id = arrival.person_id
    where changed_person.became in ('issued', 'reinstated')

),

split as (

    select
        'split' as type,
        person_move.old_person_id as person_id,
        person_move.new_person_id as other_person_id,
        person_move.record_key,
        null as method,
        null as rule,
        'no_longer_linked' as reason,
        person_move.decision_id,
        jsonb_build_object(left_person.person_id, left_person.records_before) as before,
        jsonb_build_object(
            left_person.person_id, left_person.records_after,
            joined_person.person_id, joined_person.records_after
        ) as after
    from person_move
    inner join changed_person as left_person
        on person_move.old_person_id = left_person.person_id
    inner join changed_person as joined_person
        on person_move.new_person_id = joined_person.person_id
    where person_move.type = 'split'

),

merged as (

    select
        'merge' as type,
        person_move.new_person_id as person_id,
        person_move.old_person_id as other_person_id,
        person_move.record_key,
        person_move.method,
        person_move.rule,
        case
            when joined_person.became = 'kept' then 'now_linked'
            else 'other_anchor'
        end as reason,
        person_move.decision_id,
        jsonb_build_object(
            joined_person.person_id, joined_person.records_before,
            left_person.person_id, left_person.records_before
        ) as before,
        jsonb_build_object(joined_person.person_id, joined_person.records_after) as after
    from person_move
    inner join changed_person as left_person
        on person_move.old_person_id = left_person.person_id
    inner join changed_person as joined_person
        on person_move.new_person_id = joined_person.person_id
    where person_move.type = 'merge'

),

retired as (

    select
        'retire' as type,
        changed_person.person_id,
        person_home.person_id as other_person_id,
        null as record_key,
        null as method,
        null as rule,
        case
            when person_home.person_id is null then 'no_record_left'
            else 'merged'
        end as reason,
        person_move.decision_id,
        jsonb_build_object(changed_person.person_id, changed_person.records_before) as before,
        null::jsonb as after
    from changed_person
    inner join person_home on changed_person.person_id = person_home.lost_person_id
    left join person_move
        on
            person_home.lost_person_id = person_move.old_person_id
            and person_home.person_id = person_move.new_person_id
    where changed_person.became = 'retired'

),

detached as (

    select
        'detach' as type,
        link_change.old_person_id as person_id,
        case when not link_change.names_another then link_change.new_person_id end
            as other_person_id,
        link_change.record_key,
        link_change.method,
        link_change.rule,
        case
            when not link_change.is_there then 'record_gone'
            when link_change.names_another then 'names_another'
            when link_change.new_person_id is null then 'set_aside'
            else 'moved'
        end as reason,
        person_move.decision_id,
        jsonb_build_object(left_person.person_id, left_person.records_before) as before,
        jsonb_build_object(left_person.person_id, left_person.records_after) as after
    from link_change
    inner join changed_person as left_person
        on link_change.old_person_id = left_person.person_id
    left join person_move
        on
            link_change.old_person_id = person_move.old_person_id
            and link_change.new_person_id = person_move.new_person_id
            and not link_change.names_another
    left join retired
        on link_change.old_person_id = retired.person_id and retired.other_person_id is null
    where
        link_change.old_person_id is distinct from link_change.new_person_id
        and coalesce(person_move.type, 'move') = 'move'
        and (
            retired.person_id is null
            or (link_change.new_person_id is not null and not link_change.names_another)
        )

),

attached as (

    select
        'attach' as type,
        link_change.new_person_id as person_id,
        case when not link_change.names_another then link_change.old_person_id end
            as other_person_id,
        link_change.record_key,
        link_change.method,
        link_change.rule,
        case
            when link_change.names_another then 'names_another'
            when link_change.old_person_id is not null then 'moved'
            when link_change.was_there then 'no_longer_set_aside'
            when exists (
                select from identity.person_link_history as past
                where
                    past.record_key = link_change.record_key
                    and past.valid_to_run is not null
            ) then 'record_came_back'
            else 'new_record'
        end as reason,
        person_move.decision_id,
        jsonb_build_object(joined_person.person_id, joined_person.records_before) as before,
        jsonb_build_object(joined_person.person_id, joined_person.records_after) as after
    from link_change
    inner join changed_person as joined_person
        on link_change.new_person_id = joined_person.person_id
    left join person_move
        on
            link_change.old_person_id = person_move.old_person_id
            and link_change.new_person_id = person_move.new_person_id
            and not link_change.names_another
    where
        link_change.old_person_id is distinct from link_change.new_person_id
        and joined_person.became = 'kept'
        and coalesce(person_move.type, 'move') = 'move'

),

happened as (

    select
        1 as place,
        begun.*
    from begun
    union all
    select
        2 as place,
        split.*
    from split
    union all
    select
        3 as place,
        merged.*
    from merged
    union all
    select
        4 as place,
        retired.*
    from retired
    union all
    select
        5 as place,
        detached.*
    from detached
    union all
    select
        6 as place,
        attached.*
    from attached

)

select
    :run_id as run_id,
    happened.type,
    happened.person_id,
    happened.other_person_id,
    happened.record_key,
    happened.method,
    happened.rule,
    happened.reason,
    coalesce(said_since.actor, 'engine') as actor,
    happened.decision_id,
    happened.before,
    happened.after
from happened
left join said_since on happened.decision_id = said_since.decision_id
order by
    happened.place, happened.person_id, happened.other_person_id, happened.record_key
