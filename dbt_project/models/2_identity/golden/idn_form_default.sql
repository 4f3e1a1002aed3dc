-- One row per table and value that a form may fill in by itself: how often the table says
-- it of people of whom those who ask say something else, and whether that makes it a
-- default, which says nothing.
with

form_count as (

    select * from {{ ref('idn_form_count') }}

),

default_value as (

    select * from {{ ref('default_value') }}
    where missing_when = 'contradicted'

),

share_where_asked as (

    select
        attribute,
        value,
        sum(says_default::int * asked_count * row_count)
        / sum(asked_count * row_count) as share_where_asked
    from form_count
    where asked_count > 0
    group by attribute, value

),

stated as (

    select
        source_system,
        source_table,
        attribute,
        value,
        sum(row_count)::bigint as person_count,
        sum(says_default::int * row_count) / sum(row_count) as share,
        coalesce(sum(row_count) filter (where is_contradicted), 0)::bigint
            as contradicted_count,
        sum(says_default::int * row_count) filter (where is_contradicted)
        / sum(row_count) filter (where is_contradicted) as share_where_contradicted
    from form_count
    group by source_system, source_table, attribute, value

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
        stated.contradicted_count,
        round(stated.share_where_contradicted, 4) as share_where_contradicted,
        coalesce(
            stated.contradicted_count >= default_value.at_least_persons
            and stated.share_where_contradicted > default_value.share_over,
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

)

select * from form_default
