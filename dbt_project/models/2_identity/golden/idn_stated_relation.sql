{#- Persons who name a relative that is, or was, among the persons concerned. -#}
{%- set concerned -%}
    select person_id as key from changes.affected_person
    union
    select person_id_b
    from identity.stated_relation
    where person_id_a in (select person_id from changes.affected_person)
    union
    select named_relative.person_id
    from affected.person_link
    inner join identity.named_relative
        on person_link.record_key = named_relative.other_record_key
    union
    select named_relative.person_id
    from affected.idn_owned_number as owned_number
    inner join identity.named_relative
        on owned_number.id_number = named_relative.other_id_number
{%- endset -%}
{{ config(
    materialized='by_key',
    meta={'key_columns': ['person_id_b'], 'concerned': concerned},
    indexes=[{'columns': ['person_id_a']}, {'columns': ['person_id_b']}],
) }}
-- One row per two persons and what records say that one is to the other.
with

named_relative as (

    select * from {{ ref('idn_named_relative') }}
    where {{ keys_concerned('person_id') }}

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

stated_relation as (

    select
        person_id_a,
        person_id_b,
        relation,
        min(record_key) as evidence_record_key
    from found
    where person_id_a <> person_id_b
    group by person_id_a, person_id_b, relation

)

select * from stated_relation
