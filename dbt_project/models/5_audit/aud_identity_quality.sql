-- One row per measure of how well people were recognised, and dimension of it.
with

source_person as (

    select * from {{ ref('idn_source_person') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

review_task as (

    select * from {{ source('identity', 'review_task') }}

),

records_of_person as (

    select
        person_id,
        count(*) as record_count,
        count(distinct source_system) as system_count
    from person_link
    where person_id is not null
    group by person_id

),

-- The number as it can be checked: full-width digits and what stands for an X translated,
-- all else left out.
cleaned as (

    select
        record_key,
        btrim(id_number) as written,
        regexp_replace(
            upper(
                translate(
                    id_number,
                    '０１２３４５６７８９Ｘｘ×ХхΧχ', '0123456789XXXXXXX'
                )
            ),
            '[^0-9X]', '', 'g'
        ) as number
    from source_person
    where set_aside_because is null

),

number_read as (

    select
        record_key,
        coalesce({{ has_right_check_character('number') }}, false) as is_verified,
        coalesce(written, '') = '' as is_missing,
        -- A word, too few digits, one digit again and again, or the first day of 1900.
        coalesce(written, '') <> ''
        and (
            number ~ '^(.)\1*$'
            or length(number) < 6
            or '123456789012345678' like number || '%'
            or (length(number) = 18 and substr(number, 7, 8) = '19000101')
        )
        and written !~ '[A-Za-z].*[0-9]{5}' as is_placeholder
    from cleaned

),

verified_person as (

    select distinct person_link.person_id
    from person_link
    inner join number_read on person_link.record_key = number_read.record_key
    where number_read.is_verified and not person_link.is_contested

),

as_of as (

    select max(first_delivery_on) as today from person_link

),

open_task as (

    select
        review_task.kind,
        as_of.today - review_task.first_seen_on as age_days
    from review_task
    cross join as_of
    where review_task.state = 'open'

),

in_possible_duplicate as (

    select person_link.person_id
    from review_task
    inner join person_link
        on person_link.record_key in (review_task.record_key_a, review_task.record_key_b)
    where review_task.state = 'open' and review_task.kind = 'possible_duplicate'
    group by person_link.person_id

),

total as (

    select
        'people' as measure,
        '' as detail,
        count(*) as how_many
    from records_of_person

    union all

    select
        'records' as measure,
        '' as detail,
        count(*) as how_many
    from person_link

    union all

    select
        'records without a person' as measure,
        '' as detail,
        count(*) as how_many
    from person_link
    where person_id is null

    union all

    select
        'contested records' as measure,
        '' as detail,
        count(*) as how_many
    from person_link
    where is_contested

),

by_record_count as (

    select
        'people by records' as measure,
        lpad(least(record_count, 50)::text, 2, '0') as detail,
        count(*) as how_many
    from records_of_person
    group by least(record_count, 50)

),

by_system_count as (

    select
        'people by systems' as measure,
        system_count::text as detail,
        count(*) as how_many
    from records_of_person
    group by system_count

),

by_method as (

    select
        'records by method' as measure,
        method || coalesce(': ' || rule, '') as detail,
        count(*) as how_many
    from person_link
    group by method, rule

),

by_table as (

    select
        'records by table' as measure,
        source_system || ' ' || source_table as detail,
        count(*) as how_many
    from person_link
    group by source_system, source_table

),

by_review as (

    select
        'review tasks' as measure,
        state || ': ' || kind as detail,
        count(*) as how_many
    from review_task
    group by state, kind

),

by_number as (

    select
        person_link.source_system || ' ' || person_link.source_table as detail,
        count(*) filter (where number_read.is_verified) as verified,
        count(*) filter (where number_read.is_placeholder) as placeholder,
        count(*) filter (where number_read.is_missing) as missing,
        count(verified_person.person_id) as covered,
        count(*) as out_of
    from person_link
    inner join number_read on person_link.record_key = number_read.record_key
    left join verified_person on person_link.person_id = verified_person.person_id
    group by person_link.source_system, person_link.source_table

),

shares as (

    select
        'verified id rate' as measure,
        detail,
        verified as how_many,
        out_of,
        'records whose own number passes its check, of all records' as definition
    from by_number

    union all

    select
        'placeholder id rate' as measure,
        detail,
        placeholder as how_many,
        out_of,
        'records with a made-up number or a word for one, of all records' as definition
    from by_number

    union all

    select
        'missing id rate' as measure,
        detail,
        missing as how_many,
        out_of,
        'records without any number, of all records' as definition
    from by_number

    union all

    select
        'link coverage' as measure,
        detail,
        covered as how_many,
        out_of,
        'records of a person with a verified number on some record, of all' as definition
    from by_number

    union all

    select
        'duplicate rate' as measure,
        '' as detail,
        count(in_possible_duplicate.person_id) as how_many,
        count(*) as out_of,
        'AHIMA: records in open sets of possible duplicates, of all records' as definition
    from person_link
    left join in_possible_duplicate
        on person_link.person_id = in_possible_duplicate.person_id
    where person_link.person_id is not null

),

ages as (

    select
        'review age' as measure,
        kind || ': P90 days' as detail,
        (percentile_disc(0.9) within group (order by age_days))::bigint as how_many,
        null::bigint as out_of,
        'days since both records were delivered, nine tenths of the tasks' as definition
    from open_task
    group by kind

    union all

    select
        'review age' as measure,
        kind || ': oldest days' as detail,
        max(age_days)::bigint as how_many,
        null::bigint as out_of,
        'days since both records were delivered, the oldest open task' as definition
    from open_task
    group by kind

),

person_event as (

    {{ person_events() }}

),

unmerge as (

    select
        'unmerge rate' as measure,
        '' as detail,
        count(*) filter (
            where exists (
                select 1
                from person_event as split
                where
                    split.event_type = 'split'
                    and split.person_id = merge.person_id
                    and split.other_person_id = merge.other_person_id
                    and split.seq > merge.seq
                    and split.happened_at <= merge.happened_at + interval '90 days'
            )
        ) as how_many,
        count(*) as out_of,
        'merges that were taken back within 90 days, of all merges' as definition
    from person_event as merge
    where merge.event_type = 'merge'

),

counts as (

    select * from total
    union all
    select * from by_record_count
    union all
    select * from by_system_count
    union all
    select * from by_method
    union all
    select * from by_table
    union all
    select * from by_review

),

measured as (

    select
        measure,
        detail,
        how_many,
        null::bigint as out_of,
        'a count' as definition
    from counts

    union all

    select * from shares

    union all

    select * from ages

    union all

    select * from unmerge

),

quality as (

    select
        measure,
        detail,
        how_many,
        out_of,
        round(how_many::numeric / nullif(out_of, 0), 6) as share,
        definition
    from measured

)

select * from quality
