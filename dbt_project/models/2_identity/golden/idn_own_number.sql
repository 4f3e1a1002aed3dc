{{ config(materialized='per_person') }}
-- One row per person with an identity number of his own: the number, and the record that it
-- is taken from. Never a number that fails its check, and never a relative's.
with

person_record as (

    select * from {{ ref('idn_person_record') }}

),

survivorship as (

    select * from {{ ref('survivorship') }}

),

counted as (

    select
        person_id,
        id_number,
        count(*) as vote_count
    from person_record
    where number_standing in ('valid', 'zeroed', 'converted')
    group by person_id, id_number
    -- What two systems have was not made by the Excel of one.
    having
        min(number_standing) <> 'zeroed'
        or min(source_system) <> max(source_system)

),

ranked as (

    select
        person_record.person_id,
        person_record.id_number,
        person_record.record_key,
        person_record.number_standing,
        row_number() over (
            partition by person_record.person_id
            order by
                person_record.is_contested asc,
                survivorship.rank asc,
                counted.vote_count desc,
                {{ in_byte_order('person_record.id_number') }} asc,
                person_record.first_delivery_on desc,
                {{ in_byte_order('person_record.record_key') }} asc
        ) as place
    from person_record
    inner join counted
        on
            person_record.person_id = counted.person_id
            and person_record.id_number = counted.id_number
    inner join survivorship
        on
            survivorship.attribute = 'id_number'
            and person_record.number_standing = survivorship.standing
            and survivorship.source_system in (person_record.source_system, '*')
            and survivorship.source_table in (person_record.source_table, '*')

),

own_number as (

    select
        person_id,
        id_number,
        record_key,
        number_standing
    from ranked
    where place = 1

)

select * from own_number
