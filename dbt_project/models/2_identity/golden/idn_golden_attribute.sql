{{ config(materialized='per_person') }}
-- One row per person and attribute that something is known of: the value that survives, the
-- record that it was taken from, and whether others say otherwise.
with

golden_candidate as (

    select * from {{ ref('idn_golden_candidate') }}

),

personal_attribute as (

    select * from {{ ref('personal_attribute') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by person_id, attribute
            order by
                completeness desc,
                rank asc,
                case when rule = 'majority' then vote_count end desc nulls last,
                case when rule = 'latest' then stated_on end desc nulls last,
                {{ in_byte_order("case when rule = 'earliest' then value end") }} asc,
                vote_count desc,
                stated_on desc,
                {{ in_byte_order('value') }} asc,
                {{ in_byte_order('record_key') }} desc
        ) as place
    from golden_candidate
    where rank is not null

),

each_value as (

    select
        person_id,
        attribute,
        value,
        bool_or(completeness = 4) as is_whole
    from golden_candidate
    group by person_id, attribute, value

),

counted as (

    select
        each_value.person_id,
        each_value.attribute,
        count(*) as value_count,
        -- A name with a lost character does not contradict the whole one.
        count(*) filter (where each_value.is_whole) > 1
        and bool_and(personal_attribute.is_constant) as is_conflict
    from each_value
    inner join personal_attribute
        on each_value.attribute = personal_attribute.attribute
    group by each_value.person_id, each_value.attribute

),

compared as (

    select
        ranked.*,
        counted.value_count,
        counted.is_conflict,
        ranked.rule = 'unanimous' and counted.is_conflict as is_undecided
    from ranked
    inner join counted
        on
            ranked.person_id = counted.person_id
            and ranked.attribute = counted.attribute
    where ranked.place = 1

),

golden_attribute as (

    select
        -- who and what
        person_id,
        attribute,
        -- What must not be wrong is not chosen while the sources disagree.
        case when not is_undecided then value end as value,
        -- where it comes from
        case when not is_undecided then record_key end as chosen_record_key,
        case when is_undecided then 'undecided' else rule end as rule,
        case when not is_undecided then stated_on end as as_of,
        -- what else is said
        case when is_undecided then value_count else value_count - 1 end
            as other_values_count,
        is_conflict
    from compared

)

select * from golden_attribute
