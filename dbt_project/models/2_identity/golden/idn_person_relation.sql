{{ config(
    materialized='by_key',
    meta={
        'key_columns': ['person_id_a', 'person_id_b'],
        'concerned': 'select key from affected.keys_of_idn_stated_relation',
    },
    indexes=[{'columns': ['person_id_a']}, {'columns': ['person_id_b']}],
) }}
-- One row per two persons and what one is to the other, with the record that says so: what
-- is stated, and who are twins.
with

stated_relation as not materialized (

    select * from {{ ref('idn_stated_relation') }}

),

named_relative as not materialized (

    select * from {{ ref('idn_named_relative') }}

),

-- When each child of a mother was born, by all records that say it.
child as not materialized (

    select
        stated_relation.person_id_a as mother_person_id,
        stated_relation.person_id_b as child_person_id,
        named_relative.born_on as child_born_on,
        named_relative.record_key
    from stated_relation
    inner join named_relative
        on stated_relation.person_id_b = named_relative.person_id
    where
        stated_relation.relation = 'mother_of'
        and named_relative.born_on is not null

),

-- Either twin may be the one that is asked for.
twins as (

    select
        one.child_person_id,
        other.child_person_id as other_person_id,
        one.record_key,
        other.record_key as other_record_key
    from child as one
    inner join child as other
        on
            one.mother_person_id = other.mother_person_id
            and one.child_born_on = other.child_born_on
            and one.child_person_id <> other.child_person_id
    where {{ keys_concerned('one.child_person_id') }}

),

twin as (

    select
        least(child_person_id, other_person_id) as person_id_a,
        greatest(child_person_id, other_person_id) as person_id_b,
        'twin_of' as relation,
        min(
            case
                when child_person_id < other_person_id then record_key else other_record_key
            end
        ) as evidence_record_key
    from twins
    group by
        least(child_person_id, other_person_id),
        greatest(child_person_id, other_person_id)

),

person_relation as (

    select
        person_id_a,
        person_id_b,
        relation,
        evidence_record_key
    from stated_relation
    where {{ keys_concerned('person_id_a') }}

    union

    select
        person_id_a,
        person_id_b,
        relation,
        evidence_record_key
    from stated_relation
    where {{ keys_concerned('person_id_b') }}

    union all

    select
        person_id_a,
        person_id_b,
        relation,
        evidence_record_key
    from twin

)

select * from person_relation
