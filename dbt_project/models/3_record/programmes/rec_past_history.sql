-- One row per archive and illness or disability that it says the person has or had.
with

archive as (

    select * from {{ ref('rec_archive') }}

),

sent as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

past_history_code as (

    select * from {{ ref('past_history_code') }}

),

listed as (

    select
        sent.record_key,
        btrim(history.code) as source_code
    from sent
    cross join lateral regexp_split_to_table(
        sent.past_history_codes, '[,，、|;；[:space:]]+'
    ) as history (code)

),

said as (

    select
        listed.record_key,
        coalesce(past_history_code.history_item, listed.source_code) as history_item,
        listed.source_code,
        false as is_flag
    from listed
    left join past_history_code
        on listed.source_code = past_history_code.source_code
    where listed.source_code <> ''

    union all

    select
        sent.record_key,
        flag.history_item,
        null as source_code,
        true as is_flag
    from sent
    cross join
        lateral (
            values
            ('hypertension', sent.has_hypertension),
            ('diabetes', sent.has_diabetes),
            ('disability', sent.is_disabled)
        ) as flag (history_item, is_yes)
    where flag.is_yes

),

united as (

    select
        record_key,
        history_item,
        max(source_code) as source_code,
        bool_or(not is_flag) as is_in_list,
        bool_or(is_flag) as is_flagged
    from said
    group by record_key, history_item

),

past_history as (

    select
        -- keys
        archive.event_id || '|' || united.history_item as past_history_id,
        archive.event_id,
        archive.archive_id,
        united.history_item,
        -- who and where
        archive.person_id,
        archive.institution_code,
        archive.town_code,
        -- what
        united.source_code,
        united.is_in_list,
        united.is_flagged,
        -- when: the form says neither since when nor when it was asked
        sent.modified_on,
        -- where it comes from
        archive.source_system,
        archive.source_table,
        archive.org_code,
        archive.native_id,
        archive.native_part,
        archive._file_id,
        archive._line_number
    from archive
    inner join sent
        on archive.event_id = sent.record_key
    inner join united
        on archive.event_id = united.record_key

)

select * from past_history
