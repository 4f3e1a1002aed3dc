{{ config(materialized='per_person') }}
-- One row per statement that may be believed: what counts as missing is left out, and each
-- carries the rank and the rule that its source has for the attribute. Without a rank it is
-- never chosen and only counts as another value.
with

stated_attribute as (

    select * from {{ ref('idn_stated_attribute') }}

),

default_value as (

    select * from {{ ref('default_value') }}

),

form_default as (

    select * from {{ ref('idn_form_default') }}

),

person_phone as (

    select * from {{ ref('idn_person_phone') }}

),

county as (

    select * from {{ ref('county') }}

),

survivorship as (

    select * from {{ ref('survivorship') }}

),

believable as (

    select stated_attribute.*
    from stated_attribute
    cross join county
    left join default_value
        on
            stated_attribute.attribute = default_value.attribute
            and stated_attribute.value = default_value.value
            and default_value.missing_when = 'always'
    left join form_default
        on
            stated_attribute.attribute = form_default.attribute
            and stated_attribute.value = form_default.value
            and stated_attribute.source_system = form_default.source_system
            and stated_attribute.source_table = form_default.source_table
            and form_default.is_default
    left join person_phone
        on
            stated_attribute.attribute = 'phone'
            and stated_attribute.person_id = person_phone.person_id
            and stated_attribute.value = person_phone.phone
            and person_phone.is_group
    where
        default_value.attribute is null
        and form_default.attribute is null
        and person_phone.person_id is null
        -- To live in the county is not an address.
        and not (
            stated_attribute.attribute = 'current_address'
            and right(stated_attribute.value, length(county.name_zh)) = county.name_zh
        )

),

ranked as (

    select
        believable.*,
        {{ completeness(
            'believable.attribute',
            'believable.value',
            'believable.standing',
        ) }} as completeness,
        rule_of_source.rank,
        rule_of_source.rule
    from believable
    -- Each kind of source is looked up once, and not counted out of all statements first.
    left join lateral (
        select
            survivorship.rank,
            survivorship.rule
        from survivorship
        where
            believable.attribute = survivorship.attribute
            and survivorship.source_system in (believable.source_system, '*')
            and survivorship.source_table in (believable.source_table, '*')
            and survivorship.standing in (believable.standing, '*')
        order by survivorship.rank
        limit 1
    ) as rule_of_source on true

),

golden_candidate as (

    select
        -- who and what
        person_id,
        attribute,
        value,
        completeness,
        -- where it comes from
        record_key,
        source_system,
        source_table,
        standing,
        stated_on,
        -- how much it is worth
        rank,
        rule,
        count(*) over each_value as vote_count,
        bool_or(completeness = 4) over each_value as is_whole_somewhere,
        -- Which of those that say it is believed; a rank of an attribute has one rule.
        row_number() over (
            each_value
            order by
                rank is null,
                completeness desc,
                rank asc,
                stated_on desc,
                {{ in_byte_order('record_key') }} desc
        ) = 1 as is_first_of_value
    from ranked
    window each_value as (partition by person_id, attribute, value)

)

select * from golden_candidate
