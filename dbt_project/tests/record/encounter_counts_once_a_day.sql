-- One row per person, institution, department and day with more than one counted encounter.
with

encounter as (

    select * from {{ just_built(ref('rec_encounter')) }}

),

counted_twice as (

    select
        person_id,
        institution_code,
        department_code,
        started_on
    from encounter
    where
        kind = 'outpatient'
        and is_counted
        and person_id is not null
    group by person_id, institution_code, department_code, started_on
    having count(*) > 1

)

select * from counted_twice
