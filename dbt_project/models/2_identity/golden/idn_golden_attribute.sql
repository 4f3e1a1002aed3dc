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

-- Values are compared, of which there are few, and not statements.
ranked as (

    select
        *,
        row_number() over (
            person_attribute
            order by
                rank is null,
                completeness desc,
                rank asc,
                case when rule = 'majority' then vote_count end desc nulls last,
                case when rule = 'latest' then stated_on end desc nulls last,
                {{ in_byte_order("case when rule = 'earliest' then value end") }} asc,
                vote_count desc,
                stated_on desc,
                {{ in_byte_order('value') }} asc,
                {{ in_byte_order('record_key') }} desc
        ) as place,
        count(*) over person_attribute as value_count,
        -- A name with a lost character does not contradict the whole one.
        count(*) filter (where is_whole_somewhere) over person_attribute
            as whole_value_count
    from golden_candidate
    where is_first_of_value
    window person_attribute as (partition by person_id, attribute)

),

compared as (

    select
        ranked.*,
        ranked.whole_value_count > 1 and personal_attribute.is_constant as is_conflict,
        ranked.rule = 'unanimous'
        and ranked.whole_value_count > 1
        and personal_attribute.is_constant as is_undecided
    from ranked
    inner join personal_attribute
        on ranked.attribute = personal_attribute.attribute
    where
        ranked.place = 1
        and ranked.rank is not null

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
