-- From which person to which other records moved, what that was, and what caused it. One row
-- per pair of persons.
create temporary table person_move on commit drop as
with

-- A decision causes what happens when a link begins to rest on it; and so does one that takes
-- back the act which the link rested on.
undoing as (

    select
        cause_of_change.decision_id as undone_id,
        max(undo.decision_id) as decision_id
    from cause_of_change
    inner join cause_of_change as undo
        on undo.undoes in (cause_of_change.decision_id, cause_of_change.act_id)
    group by cause_of_change.decision_id

),

change as (

    select
        link_change.record_key,
        link_change.old_person_id,
        link_change.new_person_id,
        link_change.joined_to_person_id,
        link_change.linked_to,
        link_change.method,
        link_change.rule,
        coalesce(
            nullif(link_change.new_decision_id, link_change.old_decision_id),
            undoing.decision_id
        ) as decision_id
    from link_change
    left join undoing
        on
            link_change.old_decision_id = undoing.undone_id
            and link_change.new_decision_id is null

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

-- The links that speak for a move: of the records that moved, of others that are joined to
-- them now, and of those that stayed behind.
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
            when linked_to is not null and coalesce(joined_to_person_id, '') <> old_person_id
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
        coalesce(evidence.tells_of, '') <> classified.type,
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
    order by old_person_id, new_person_id, rank, -decision_id

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
