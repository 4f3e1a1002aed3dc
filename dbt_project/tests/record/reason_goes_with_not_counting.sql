-- One row per event that counts and says why not, or does not count and says nothing.
with

encounter as (

    select * from {{ just_built(ref('rec_encounter')) }}

),

settlement as (

    select * from {{ just_built(ref('rec_settlement')) }}

),

every_event as (

    select
        encounter_id as event_id,
        is_counted,
        not_counted_because
    from encounter

    union all

    select
        event_id,
        is_counted,
        not_counted_because
    from settlement

),

contradiction as (

    select *
    from every_event
    where is_counted <> (not_counted_because is null)

)

select * from contradiction
