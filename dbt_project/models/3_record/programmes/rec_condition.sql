-- One row per condition of a person and episode of it, as sure as the declared rules allow.
with

condition_evidence as (

    select * from {{ ref('rec_condition_evidence') }}

),

condition_seed as (

    select * from {{ ref('condition') }}

),

condition_rule as (

    select * from {{ ref('condition_rule') }}

),

condition_tier as (

    select * from {{ ref('condition_tier') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

-- A statement without a date counts as one day, whenever it was made.
counted as (

    select
        condition_evidence.condition_id,
        condition_rule.rule_id,
        condition_rule.version,
        condition_rule.precedence,
        condition_tier.tier,
        condition_tier.rank
    from condition_evidence
    inner join condition_rule
        on
            condition_evidence.evidence_kind = condition_rule.evidence_kind
            and condition_evidence.condition
            = coalesce(condition_rule.condition, condition_evidence.condition)
            and (
                condition_evidence.certainty = 'certain'
                or condition_rule.counts_uncertain
            )
            and coalesce(condition_evidence.last_on, 'infinity')
            between condition_rule.valid_from
            and coalesce(condition_rule.valid_to, 'infinity')
    inner join condition_tier
        on condition_rule.tier = condition_tier.tier
    group by
        condition_evidence.condition_id,
        condition_rule.rule_id,
        condition_rule.version,
        condition_rule.precedence,
        condition_rule.at_least_days,
        condition_rule.over_days,
        condition_tier.tier,
        condition_tier.rank
    having
        count(distinct coalesce(condition_evidence.last_on, '-infinity'))
        >= condition_rule.at_least_days
        and coalesce(
            max(condition_evidence.last_on) - min(condition_evidence.last_on), 0
        ) >= condition_rule.over_days

),

ranked as (

    select
        *,
        row_number() over (
            partition by condition_id
            order by rank asc, precedence asc, version desc, rule_id asc
        ) as place
    from counted

),

summed as (

    select
        condition_id,
        min(person_id) as person_id,
        min(condition) as condition,
        min(episode) as episode,
        min(first_on) as onset_on,
        max(last_on) as last_seen_on,
        max(ended_on) as ended_on,
        count(*) as evidence_count,
        count(distinct source_system) as source_system_count
    from condition_evidence
    group by condition_id

),

condition as (

    select
        -- keys
        summed.condition_id,
        -- who
        summed.person_id,
        -- what
        summed.condition,
        summed.episode,
        ranked.tier,
        ranked.rule_id,
        ranked.version as rule_version,
        case
            when condition_seed.episode_gap_days is null then 'lasting'
            when summed.ended_on is not null then 'ended'
            else 'open'
        end as status,
        -- when
        summed.onset_on,
        summed.last_seen_on,
        case
            when condition_seed.episode_gap_days is not null then summed.ended_on
        end as ended_on,
        case
            when condition_seed.episode_gap_days is not null
                then coalesce(
                    summed.ended_on, summed.onset_on + condition_seed.lasts_at_most_days
                )
        end as over_by_on,
        -- measures
        summed.evidence_count,
        summed.source_system_count,
        -- Shown, not corrected: a card that somebody else used, or a wrong birth date.
        case
            when person.sex_code <> condition_seed.only_sex_code then 'sex'
            when
                extract(year from age(summed.onset_on, person.born_on))
                < condition_seed.seldom_below_age
                then 'age'
        end as doubtful_because
    from summed
    inner join ranked
        on
            summed.condition_id = ranked.condition_id
            and ranked.place = 1
    inner join condition_seed
        on summed.condition = condition_seed.condition
    left join person
        on summed.person_id = person.person_id

)

select * from condition
