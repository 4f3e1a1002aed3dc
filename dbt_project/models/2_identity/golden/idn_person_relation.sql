-- One row per two persons and what one is to the other, with the record that says so.
with

source_relation as (

    select * from {{ ref('idn_source_relation') }}

),

-- Read by index where few rows are asked for; as one copy it would be written to disk.
person_link as not materialized (

    select * from {{ source('identity', 'person_link') }}

),

identifier_assertion as not materialized (

    select * from {{ source('identity', 'identifier_assertion') }}
    where id_type = 'resident_id' and is_valid

),

owned_number as (

    select * from {{ ref('idn_owned_number') }}

),

-- The relative is whose record the system names, or who has the number that it gives.
named_relative as (

    select
        source_relation.record_key,
        source_relation.relation,
        person_link.person_id as other_person_id
    from source_relation
    inner join person_link
        on source_relation.other_record_key = person_link.record_key

    union

    select
        source_relation.record_key,
        source_relation.relation,
        owned_number.person_id as other_person_id
    from source_relation
    inner join identifier_assertion as said
        on
            source_relation.record_key = said.record_key
            and not said.is_own
    inner join owned_number
        on said.value_normalised = owned_number.id_number
    where source_relation.relation = 'mother_of'

),

stated as (

    select
        named_relative.other_person_id as person_id_a,
        person_link.person_id as person_id_b,
        named_relative.relation,
        min(named_relative.record_key) as evidence_record_key
    from named_relative
    inner join person_link
        on named_relative.record_key = person_link.record_key
    where
        named_relative.other_person_id is not null
        and person_link.person_id is not null
        and named_relative.other_person_id <> person_link.person_id
    group by
        named_relative.other_person_id,
        person_link.person_id,
        named_relative.relation

),

-- When each child of a mother was born, by all records that say it.
child as (

    select distinct
        stated.person_id_a as mother_person_id,
        stated.person_id_b as child_person_id,
        source_relation.child_born_on,
        min(source_relation.record_key) over (
            partition by stated.person_id_b, source_relation.child_born_on
        ) as record_key
    from stated
    inner join person_link
        on stated.person_id_b = person_link.person_id
    inner join source_relation
        on
            person_link.record_key = source_relation.record_key
            and source_relation.relation = 'mother_of'
    where
        stated.relation = 'mother_of'
        and source_relation.child_born_on is not null

),

twin as (

    select
        elder.child_person_id as person_id_a,
        younger.child_person_id as person_id_b,
        'twin_of' as relation,
        min(elder.record_key) as evidence_record_key
    from child as elder
    inner join child as younger
        on
            elder.mother_person_id = younger.mother_person_id
            and elder.child_born_on = younger.child_born_on
            and elder.child_person_id < younger.child_person_id
    group by elder.child_person_id, younger.child_person_id

),

person_relation as (

    select * from stated

    union all

    select * from twin

)

select * from person_relation
