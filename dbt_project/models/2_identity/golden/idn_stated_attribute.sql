{{ config(materialized='per_person', indexes=[{'columns': ['attribute']}]) }}
-- One row per attribute that a record states about a person, in one form of writing, as a
-- long table; `standing` tells what the record is to the person or to the attribute.
with

person_record as (

    select * from {{ ref('idn_person_record') }}

),

own_number as (

    select * from {{ ref('idn_own_number') }}

),

staged_attribute as (

    select * from {{ ref('idn_staged_attribute') }}

),

stated_day as (

    select * from {{ ref('idn_stated_day') }}

),

-- Everything in its form of writing, here: of a list of values PostgreSQL prepares every
-- expression anew for every record.
dated_record as (

    select
        person_record.person_id,
        person_record.record_key,
        person_record.source_system,
        person_record.source_table,
        coalesce(stated_day.stated_on, person_record.first_delivery_on) as stated_on,
        case
            when
                own_number.record_key is not null
                or person_record.number_standing not in ('impossible', 'zeroed')
                then person_record.id_number
        end as id_number,
        -- The record that the person's own number was taken from.
        case
            when own_number.record_key is not null then 'own'
            else person_record.number_standing
        end as number_standing,
        case when own_number.record_key is not null then 'record_of_id' end
            as name_standing,
        {{ clean_text('person_record.other_document') }} as other_document,
        {{ person_name_as_written('person_record.person_name') }} as person_name,
        person_record.sex_code,
        person_record.born_on::text as born_on,
        -- What the number says of its owner is proven only by its check character.
        case
            when own_number.number_standing in ('valid', 'zeroed')
                then person_record.number_sex_code
        end as owner_sex_code,
        case
            when own_number.number_standing in ('valid', 'zeroed')
                then person_record.number_born_on::text
        end as owner_born_on,
        person_record.ethnicity_code,
        {{ usable_phone('person_record.phone') }} as phone,
        {{ address_as_written('person_record.address') }} as address,
        person_record.insurance_number,
        person_record.archive_id
    from person_record
    left join own_number
        on person_record.record_key = own_number.record_key
    left join stated_day
        on person_record.record_key = stated_day.record_key

),

recognised as (

    select
        dated_record.person_id,
        dated_record.record_key,
        dated_record.source_system,
        dated_record.source_table,
        said.attribute,
        said.value,
        said.standing,
        dated_record.stated_on
    from dated_record
    cross join
        lateral (
            values
            ('id_number', dated_record.id_number, dated_record.number_standing),
            ('other_document', dated_record.other_document, null),
            ('name', dated_record.person_name, dated_record.name_standing),
            ('sex', dated_record.sex_code, null),
            ('sex', dated_record.owner_sex_code, 'id_derived'),
            ('birth_date', dated_record.born_on, null),
            ('birth_date', dated_record.owner_born_on, 'id_derived'),
            ('ethnicity', dated_record.ethnicity_code, null),
            ('phone', dated_record.phone, null),
            ('current_address', dated_record.address, null),
            ('insurance_number', dated_record.insurance_number, null),
            ('archive_id', dated_record.archive_id, null)
        ) as said (attribute, value, standing)
    where said.value is not null

),

stated_attribute as (

    select
        person_id,
        record_key,
        source_system,
        source_table,
        attribute,
        value,
        coalesce(standing, '') as standing,
        stated_on
    from recognised

    union all

    select
        dated_record.person_id,
        dated_record.record_key,
        dated_record.source_system,
        dated_record.source_table,
        staged_attribute.attribute,
        staged_attribute.value,
        coalesce(staged_attribute.standing, '') as standing,
        coalesce(staged_attribute.said_on, dated_record.stated_on) as stated_on
    from staged_attribute
    inner join dated_record
        on staged_attribute.record_key = dated_record.record_key

)

select * from stated_attribute
