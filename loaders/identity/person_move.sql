-- From which person to which other records moved, what that was, and what caused it. One row
-- per pair of persons.
create temporary table person_move on commit drop as
with

-- A decision causes what happens when a link begins to rest on it, and so does one that takes
-- back what the link rested on.
change as (

    select
        link_change.*,
        case
            when link_change.new_decision_id is distinct from link_change.old_decision_id
                then coalesce(link_change.new_decision_id, undoing.decision_id)
        end as decision_id
    from link_change
    left join (
        select undoes, max(decision_id) as decision_id
        from cause_of_change
        where undoes is not null
        group by undoes
    ) as undoing on link_change.old_decision_id = undoing.undoes

),

moved as (

    select
        old_person_id,
        new_person_id,
        count(*) as records
    from change
    where old_person_id <> new_person_id
    group by old_person_id, new_person_id

),

classified as (

    select
        moved.*,
        case
            when left_person.became = 'retired' and home.person_id = moved.new_person_id
                then 'merge'
            when joined_person.became in ('issued', 'reinstated') then 'split'
            else 'move'
        end as type
    from moved
    inner join changed_person as left_person
        on moved.old_person_id = left_person.person_id
    inner join changed_person as joined_person
        on moved.new_person_id = joined_person.person_id
    left join person_home as home on moved.old_person_id = home.lost_person_id

),

-- The links that speak for a move: those of the records that moved; and where they are, those
-- of others that hold on to them, or that stayed behind.
evidence as (

    select
        old_person_id,
        new_person_id,
        record_key,
        method,
        rule,
        decision_id,
        1 as rank,
        case
            when joined_to_person_id is distinct from old_person_id and linked_to is not null
                then 'merge'
            when method = 'first' then 'split'
        end as tells_of
    from change
    where old_person_id <> new_person_id

    union all

    select
        joined_to_person_id as old_person_id,
        new_person_id,
        record_key,
        method,
        rule,
        decision_id,
        2 as rank,
        'merge' as tells_of
    from change
    where
        old_person_id = new_person_id
        and joined_to_person_id <> old_person_id

    union all

    select
        classified.old_person_id,
        classified.new_person_id,
        change.record_key,
        change.method,
        change.rule,
        change.decision_id,
        3 as rank,
        null as tells_of
    from classified
    inner join change
        on
            classified.old_person_id = change.old_person_id
            and classified.old_person_id = change.new_person_id
    where classified.type = 'split' and change.decision_id is not null

),

telling as (

    select distinct on (evidence.old_person_id, evidence.new_person_id)
        evidence.old_person_id,
        evidence.new_person_id,
        evidence.record_key,
        evidence.method,
        evidence.rule
    from evidence
    inner join classified
        on
            evidence.old_person_id = classified.old_person_id
            and evidence.new_person_id = classified.new_person_id
    where evidence.rank < 3
    order by
        evidence.old_person_id,
        evidence.new_person_id,
        coalesce(evidence.tells_of = classified.type, false) desc,
        evidence.rank,
        evidence.record_key

),

cause as (

    select distinct on (old_person_id, new_person_id)
        old_person_id,
        new_person_id,
        decision_id
    from evidence
    where decision_id is not null
    order by old_person_id, new_person_id, rank, decision_id desc

)

select
    classified.*,
    telling.record_key,
    telling.method,
    telling.rule,
    cause.decision_id
from classified
inner join telling
    on
        classified.old_person_id = telling.old_person_id
        and classified.new_person_id = telling.new_person_id
left join cause
    on
        classified.old_person_id = cause.old_person_id
        and classified.new_person_id = cause.new_person_id
