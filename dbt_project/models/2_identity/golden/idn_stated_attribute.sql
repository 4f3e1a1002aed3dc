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

dated_record as (

    select
        person_record.*,
        coalesce(stated_day.stated_on, person_record.first_delivery_on) as stated_on,
        -- The record that the person's own number was taken from.
        own_number.record_key is not null as is_record_of_id,
        -- What the number says of its owner is proven only by its check character.
        own_number.number_standing = 'valid' as proves_owner
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
            (
                'id_number',
                case
                    when dated_record.number_standing <> 'impossible'
                        then dated_record.id_number
                end,
                case
                    when dated_record.is_record_of_id then 'own'
                    else dated_record.number_standing
                end
            ),
            ('other_document', {{ clean_text('dated_record.other_document') }}, null),
            (
                'name',
                {{ person_name_as_written('dated_record.person_name') }},
                case when dated_record.is_record_of_id then 'record_of_id' end
            ),
            ('sex', dated_record.sex_code, null),
            (
                'sex',
                case when dated_record.proves_owner then dated_record.number_sex_code end,
                'id_derived'
            ),
            ('birth_date', dated_record.born_on::text, null),
            (
                'birth_date',
                case
                    when dated_record.proves_owner then dated_record.number_born_on::text
                end,
                'id_derived'
            ),
            ('ethnicity', dated_record.ethnicity_code, null),
            ('phone', {{ usable_phone('dated_record.phone') }}, null),
            (
                'current_address',
                {{ address_as_written('dated_record.address') }},
                null
            ),
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
