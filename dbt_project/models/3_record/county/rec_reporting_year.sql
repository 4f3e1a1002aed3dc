-- One row per year that is reported: from the first year of the county's history to that
-- of the last day of which the newest delivery knows.
with

county as (

    select * from {{ ref('county') }}

),

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}

),

last_data_day as (

    -- A delivery is made in the early morning and knows everything up to the day before.
    select max(delivery_date) - 1 as last_data_on
    from file_ledger
    where state in ('landed', 'replaced', 'duplicate')

),

reported_year as (

    select
        year_number.year,
        last_data_day.last_data_on
    from county
    cross join last_data_day
    inner join
        lateral generate_series(
            extract(year from county.history_begins_on)::int,
            extract(year from last_data_day.last_data_on)::int
        ) as year_number (year)
        on true

),

bounded_year as (

    select
        year,
        year::text as period,
        make_date(year, 1, 1) as begins_on,
        make_date(year, 12, 31) as ends_on,
        make_date(year, 12, 31) <= last_data_on as is_complete,
        last_data_on
    from reported_year

)

select * from bounded_year
