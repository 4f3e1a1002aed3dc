-- One row per statement of a source that speaks for a condition of a person.
with

programme_statement as (

    select * from {{ ref('rec_programme_statement') }}

),

diagnosis_statement as (

    select * from {{ ref('rec_diagnosis_statement') }}

),

condition as (

    select * from {{ ref('condition') }}

),

condition_code as (

    select * from {{ ref('condition_code') }}

),

diagnosis_wording as (

    select * from {{ ref('diagnosis_wording') }}

),

statement as (

    select *
    from programme_statement
    where person_id is not null

    union all

    select *
    from diagnosis_statement
    where person_id is not null

),

-- What is said of an illness is a word or a code, and there are few of them.
said as (

    select distinct
        code_form,
        coalesce(code, words) as saying
    from statement

),

spoken_for as (

    select
        said.code_form,
        said.saying,
        condition_code.condition,
        min(condition_code.at_least) as at_least
    from said
    inner join condition_code
        on
            said.code_form = condition_code.code_form
            and said.saying ~ condition_code.code_pattern
            and said.saying !~ coalesce(condition_code.except_pattern, '^$')
    group by said.code_form, said.saying, condition_code.condition

),

spoken as (

    select distinct words
    from statement
    where words is not null

),

-- A diagnosis that is denied and doubted in one breath is denied.
worded as (

    select
        spoken.words,
        case
            when bool_or(diagnosis_wording.certainty = 'negated') then 'negated'
            else 'uncertain'
        end as certainty
    from spoken
    inner join diagnosis_wording
        on spoken.words ~ diagnosis_wording.word_pattern
    group by spoken.words

),

evidence as (

    select
        spoken_for.condition,
        condition.episode_gap_days,
        statement.event_id,
        statement.statement_key,
        statement.person_id,
        statement.evidence_kind,
        statement.code_form,
        -- The words of a doctor stay with the diagnosis.
        statement.code,
        statement.value,
        statement.first_on,
        statement.last_on,
        coalesce(statement.until_on, statement.last_on) as until_on,
        statement.ended_on,
        statement.source_system,
        statement.source_table,
        statement._file_id,
        statement._line_number,
        case
            when worded.certainty is not null then worded.certainty
            when statement.is_certain then 'certain'
            else 'uncertain'
        end as certainty
    from statement
    inner join spoken_for
        on
            statement.code_form = spoken_for.code_form
            and coalesce(statement.code, statement.words) = spoken_for.saying
    inner join condition
        on spoken_for.condition = condition.condition
    left join worded
        on statement.words = worded.words
    where
        spoken_for.at_least is null
        or statement.value >= spoken_for.at_least

),

-- A condition that passes begins anew when nothing was said of it for long enough.
gapped as (

    select
        *,
        coalesce(
            first_on - max(until_on) over (
                partition by person_id, condition
                order by first_on nulls first, until_on, evidence_kind, statement_key
                rows between unbounded preceding and 1 preceding
            ) > episode_gap_days,
            false
        ) as is_new_episode
    from evidence
    where certainty <> 'negated'

),

numbered as (

    select
        *,
        1 + count(*) filter (where is_new_episode) over (
            partition by person_id, condition
            order by first_on nulls first, until_on, evidence_kind, statement_key
            rows between unbounded preceding and current row
        ) as episode
    from gapped

),

condition_evidence as (

    select
        -- keys
        condition || '|' || evidence_kind || '|' || statement_key as condition_evidence_id,
        person_id || '|' || condition || '|' || episode as condition_id,
        event_id,
        -- who
        person_id,
        -- what
        condition,
        episode,
        evidence_kind,
        code_form,
        code,
        certainty,
        -- when
        first_on,
        last_on,
        ended_on,
        -- measures
        value,
        -- where it comes from
        source_system,
        source_table,
        _file_id,
        _line_number
    from numbered

)

select * from condition_evidence
