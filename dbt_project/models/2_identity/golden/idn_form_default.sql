-- One row per table and value that a form may fill in by itself: how often the table says
-- it of people of whom those who ask say something else, and whether that makes it a
-- default, which says nothing.
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

voice as (

    select
        person_id,
        attribute,
        source_system,
        source_table,
        value
    from ranked
    where place = 1

),

asked as (

    select voice.*
    from voice
    inner join survivorship
        on
            voice.attribute = survivorship.attribute
            and voice.source_system = survivorship.source_system
            and voice.source_table = survivorship.source_table
    where survivorship.is_asked

),

share_where_asked as (

    select
        default_value.attribute,
        default_value.value,
        avg((asked.value = default_value.value)::int) as share_where_asked
    from default_value
    inner join asked
        on default_value.attribute = asked.attribute
    group by default_value.attribute, default_value.value

),

-- People of whom another table, one that asks, says something else than the default.
contradicted as (

    select
        voice.source_system,
        voice.source_table,
        default_value.attribute,
        default_value.value,
        voice.person_id,
        bool_or(voice.value = default_value.value) as says_default
    from default_value
    inner join voice
        on default_value.attribute = voice.attribute
    inner join asked
        on
            voice.person_id = asked.person_id
            and voice.attribute = asked.attribute
            and (voice.source_system, voice.source_table)
            <> (asked.source_system, asked.source_table)
            and default_value.value <> asked.value
    group by
        voice.source_system,
        voice.source_table,
        default_value.attribute,
        default_value.value,
        voice.person_id

),

counted as (

    select
        source_system,
        source_table,
        attribute,
        value,
        count(*) as contradicted_count,
        avg(says_default::int) as share_where_contradicted
    from contradicted
    group by source_system, source_table, attribute, value

),

stated as (

    select
        voice.source_system,
        voice.source_table,
        default_value.attribute,
        default_value.value,
        count(*) as person_count,
        avg((voice.value = default_value.value)::int) as share
    from default_value
    inner join voice
        on default_value.attribute = voice.attribute
    group by
        voice.source_system,
        voice.source_table,
        default_value.attribute,
        default_value.value

),

form_default as (

    select
        -- what
        stated.attribute,
        stated.value,
        -- where
        stated.source_system,
        stated.source_table,
        -- measures
        stated.person_count,
        round(stated.share, 4) as share,
        round(share_where_asked.share_where_asked, 4) as share_where_asked,
        coalesce(counted.contradicted_count, 0) as contradicted_count,
        round(counted.share_where_contradicted, 4) as share_where_contradicted,
        coalesce(
            counted.contradicted_count >= default_value.at_least_persons
            and counted.share_where_contradicted > default_value.share_over,
            false
        ) as is_default
    from stated
    inner join default_value
        on
            stated.attribute = default_value.attribute
            and stated.value = default_value.value
    left join share_where_asked
        on
            stated.attribute = share_where_asked.attribute
            and stated.value = share_where_asked.value
    left join counted
        on
            stated.attribute = counted.attribute
            and stated.value = counted.value
            and stated.source_system = counted.source_system
            and stated.source_table = counted.source_table

)

select * from form_default
