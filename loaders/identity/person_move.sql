-- From which person to which other records moved, what that was, and what caused it. One row
-- per pair of persons.
create temporary table person_move on commit drop as
with

moved as (

    select
        old_person_id,
        new_person_id,
        count(*) as records
    from link_change
    where old_person_id <> new_person_id and not names_another
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

-- The links that speak for a move: of the records that moved, and of others that are joined
-- to these now.
evidence as (

    select
        old_person_id,
        new_person_id,
        record_key,
        method,
        rule,
        1 as rank,
        case
            when linked_to is not null and coalesce(joined_to_person_id, '') <> old_person_id
                then 'merge'
            when method = 'first' then 'split'
        end as tells_of
    from link_change
    where old_person_id <> new_person_id and not names_another

    union all

    select
        joined_to_person_id as old_person_id,
        new_person_id,
        record_key,
        method,
        rule,
        2 as rank,
        'merge' as tells_of
    from link_change
    where
        old_person_id = new_person_id
        and joined_to_person_id <> old_person_id

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
    order by
        evidence.old_person_id,
        evidence.new_person_id,
        coalesce(evidence.tells_of, '') <> classified.type,
        evidence.rank,
        evidence.record_key

),

-- Whose the two records of a decision were, and whose they are.
spoken_of as (

    select
        said_since.decision_id,
        case
            when change_a.record_key is null then link_a.person_id
            else change_a.old_person_id
        end as old_a,
        case
            when change_b.record_key is null then link_b.person_id
            else change_b.old_person_id
        end as old_b,
        link_a.person_id as new_a,
        link_b.person_id as new_b
    from said_since
    left join identity.person_link as link_a on said_since.record_key_a = link_a.record_key
    left join identity.person_link as link_b on said_since.record_key_b = link_b.record_key
    left join link_change as change_a on said_since.record_key_a = change_a.record_key
    left join link_change as change_b on said_since.record_key_b = change_b.record_key

),

-- It caused that they came together, or that they parted.
cause as (

    select
        classified.old_person_id,
        classified.new_person_id,
        max(spoken_of.decision_id) as decision_id
    from classified
    inner join spoken_of
        on
            (
                spoken_of.old_a <> spoken_of.old_b
                and spoken_of.new_a = spoken_of.new_b
                and classified.old_person_id in (spoken_of.old_a, spoken_of.old_b)
                and classified.new_person_id = spoken_of.new_a
            )
            or (
                spoken_of.old_a = spoken_of.old_b
                and spoken_of.new_a <> spoken_of.new_b
                and classified.old_person_id = spoken_of.old_a
                and classified.new_person_id in (spoken_of.new_a, spoken_of.new_b)
            )
    group by classified.old_person_id, classified.new_person_id

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
