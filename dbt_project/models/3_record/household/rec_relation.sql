-- One row per two persons and what one is to the other, with the record that says so.
with

person_relation as (

    select * from {{ ref('idn_person_relation') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

relation as (

    select
        -- keys
        person_relation.person_id_a
        || '|' || person_relation.relation
        || '|' || person_relation.person_id_b as relation_id,
        -- who
        person_relation.person_id_a as person_id,
        person_relation.person_id_b as other_person_id,
        -- what
        person_relation.relation,
        -- where it comes from
        person_relation.evidence_record_key,
        person_link.source_system,
        person_link.source_table,
        person_link.org_code,
        person_link.native_id,
        person_link.native_part
    from person_relation
    left join person_link
        on person_relation.evidence_record_key = person_link.record_key

)

select * from relation
