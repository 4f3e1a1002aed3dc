-- One row per feed and delivery: what its files held and what became of it.
with

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}

),

balance as (

    select
        -- keys
        delivery_date,
        system,
        coalesce(feed, 'no contract') as feed,
        -- files
        count(*) as file_count,
        count(*) filter (where state = 'landed') as landed_file_count,
        count(*) filter (where state = 'replaced') as replaced_file_count,
        count(*) filter (where state = 'duplicate') as duplicate_file_count,
        count(*) filter (where state in ('refused', 'missing')) as unusable_file_count,
        -- rows
        coalesce(sum(rows_manifest), 0)::bigint as manifest_row_count,
        coalesce(sum(rows_read), 0)::bigint as read_row_count,
        coalesce(sum(rows_accepted), 0)::bigint as accepted_row_count,
        coalesce(sum(rows_rejected), 0)::bigint as rejected_row_count,
        coalesce(sum(rows_duplicate), 0)::bigint as duplicate_row_count,
        coalesce(sum(rows_superseded), 0)::bigint as superseded_row_count,
        -- verdict: file by file, so that two faults cannot cancel each other out
        bool_and(
            coalesce(rows_read, 0)
            = coalesce(rows_accepted, 0)
            + coalesce(rows_rejected, 0)
            + coalesce(rows_duplicate, 0)
            + coalesce(rows_superseded, 0)
        ) as is_balanced,
        -- A file counts what its manifest counts, unless nothing of it was loaded.
        bool_and(
            state in ('refused', 'missing', 'no_contract')
            or rows_manifest is null
            or rows_manifest = rows_read
        ) as agrees_with_manifest
    from file_ledger
    group by delivery_date, system, coalesce(feed, 'no contract')

)

select * from balance
