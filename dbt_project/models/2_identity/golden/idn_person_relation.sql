-- One row per two persons and what one is to the other, with the record that says so.
with

named_relative as (

    select * from {{ ref('idn_named_relative') }}

),

-- Read by index: few records name a relative.
person_link as not materialized (

    select * from {{ source('identity', 'person_link') }}
    where person_id is not null

),

owned_number as (

    select * from {{ ref('idn_owned_number') }}

),

-- The relative is whose record the system names, or who has the number that it gives.
found as (

    select
        person_link.person_id as person_id_a,
        named_relative.person_id as person_id_b,
        named_relative.relation,
        named_relative.record_key
    from named_relative
    inner join person_link
        on named_relative.other_record_key = person_link.record_key

    union all

    select
        owned_number.person_id as person_id_a,
        named_relative.person_id as person_id_b,
        named_relative.relation,
        named_relative.record_key
    from named_relative
    inner join owned_number
        on named_relative.other_id_number = owned_number.id_number

),

stated as (

    select
        person_id_a,
        person_id_b,
        relation,
        min(record_key) as evidence_record_key
    from found
    where person_id_a <> person_id_b
    group by person_id_a, person_id_b, relation

),

-- When each child of a mother was born, by all records that say it.
child as (

    select
        stated.person_id_a as mother_person_id,
        stated.person_id_b as child_person_id,
        named_relative.born_on as child_born_on,
        min(named_relative.record_key) as record_key
    from stated
    inner join named_relative
        on stated.person_id_b = named_relative.person_id
    where
        stated.relation = 'mother_of'
        and named_relative.born_on is not null
    group by stated.person_id_a, stated.person_id_b, named_relative.born_on

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
