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

kind_of_source as (

    select distinct
        attribute,
        source_system,
        source_table,
        standing
    from believable

),

rule_of_source as (

    select
        kind_of_source.attribute,
        kind_of_source.source_system,
        kind_of_source.source_table,
        kind_of_source.standing,
        survivorship.rank,
        survivorship.rule,
        row_number() over (
            partition by
                kind_of_source.attribute,
                kind_of_source.source_system,
                kind_of_source.source_table,
                kind_of_source.standing
            order by survivorship.rank
        ) as place
    from kind_of_source
    inner join survivorship
        on
            kind_of_source.attribute = survivorship.attribute
            and survivorship.source_system in (kind_of_source.source_system, '*')
            and survivorship.source_table in (kind_of_source.source_table, '*')
            and survivorship.standing in (kind_of_source.standing, '*')

),

golden_candidate as (

    select
        -- who and what
        believable.person_id,
        believable.attribute,
        believable.value,
        {{ completeness(
            'believable.attribute',
            'believable.value',
            'believable.standing',
        ) }} as completeness,
        -- where it comes from
        believable.record_key,
        believable.source_system,
        believable.source_table,
        believable.standing,
        believable.stated_on,
        -- how much it is worth
        rule_of_source.rank,
        rule_of_source.rule,
        count(*) over (
            partition by
                believable.person_id,
                believable.attribute,
                believable.value
        ) as vote_count
    from believable
    left join rule_of_source
        on
            believable.attribute = rule_of_source.attribute
            and believable.source_system = rule_of_source.source_system
            and believable.source_table = rule_of_source.source_table
            and believable.standing = rule_of_source.standing
            and rule_of_source.place = 1

)

select * from golden_candidate
