{{ config(
    materialized='per_person',
    indexes=[{'columns': ['other_record_key']}, {'columns': ['other_id_number']}],
) }}
-- One row per record of a person that names a relative whom one can look up, or says when
-- the person was born of one.
with

person_link as (

    select * from {{ source('identity', 'person_link') }}
    where person_id is not null

),

source_relation as (

    select * from {{ ref('idn_source_relation') }}

),

number_of_other as (

    select * from {{ source('identity', 'identifier_assertion') }}
    where
        id_type = 'resident_id'
        and is_valid
        and not is_own

),

named_relative as (

    select
        -- who
        person_link.person_id,
        source_relation.relation,
        source_relation.other_record_key,
        number_of_other.value_normalised as other_id_number,
        -- when
        case
            when source_relation.relation = 'mother_of' then source_relation.child_born_on
        end as born_on,
        -- where it says so
        source_relation.record_key
    from person_link
    inner join source_relation
        on person_link.record_key = source_relation.record_key
    left join number_of_other
        on
            source_relation.record_key = number_of_other.record_key
            and source_relation.relation = 'mother_of'

)

select * from named_relative
where
    other_record_key is not null
    or other_id_number is not null
    or born_on is not null
