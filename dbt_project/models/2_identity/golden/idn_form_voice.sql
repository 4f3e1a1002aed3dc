{{ config(materialized='per_person') }}
-- One row per person, table and value that a form may fill in by itself: whether the table
-- says it of the person, and whether another table, one that asks, says something else.
with

stated_attribute as (

    select * from {{ ref('idn_stated_attribute') }}

),

survivorship as (

    select * from {{ ref('survivorship') }}

),

default_value as (

    select * from {{ ref('default_value') }}
    where missing_when = 'contradicted'

),

-- One voice per person and table, the newest.
ranked as (

    select
        stated_attribute.*,
        row_number() over (
            partition by
                stated_attribute.person_id,
                stated_attribute.attribute,
                stated_attribute.source_system,
                stated_attribute.source_table
            order by
                stated_attribute.stated_on desc,
                {{ in_byte_order('stated_attribute.record_key') }} desc
        ) as place
    from stated_attribute
    where stated_attribute.attribute in (select default_value.attribute from default_value)

),

asking as (

    select
        attribute,
        source_system,
        source_table,
        count(*) as asked_count
    from survivorship
    where is_asked
    group by attribute, source_system, source_table

),

voice as (

    select
        ranked.person_id,
        ranked.attribute,
        ranked.source_system,
        ranked.source_table,
        ranked.value,
        coalesce(asking.asked_count, 0) as asked_count
    from ranked
    left join asking
        on
            ranked.attribute = asking.attribute
            and ranked.source_system = asking.source_system
            and ranked.source_table = asking.source_table
    where ranked.place = 1

),

counted as (

    select
        voice.*,
        default_value.value as default_value,
        voice.value = default_value.value as says_default,
        (voice.asked_count > 0 and voice.value <> default_value.value)::int
            as says_otherwise
    from voice
    inner join default_value
        on voice.attribute = default_value.attribute

),

compared as (

    select
        person_id,
        source_system,
        source_table,
        attribute,
        default_value as value,
        says_default,
        asked_count,
        -- Those who ask and say something else, without this table itself.
        sum(says_otherwise) over (partition by person_id, attribute, default_value)
        > says_otherwise as is_contradicted
    from counted

)

select * from compared
