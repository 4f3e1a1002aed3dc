{{ config(materialized='per_person') }}
-- One row per person: what is known of each, one value per attribute.
with

person_record as (

    select * from {{ ref('idn_person_record') }}

),

golden_attribute as (

    select * from {{ ref('idn_golden_attribute') }}

),

person as (

    select distinct person_id from person_record

),

pivoted as (

    select
        person_id,
        max(value) filter (where attribute = 'name') as person_name,
        max(value) filter (where attribute = 'id_number') as id_number,
        max(value) filter (where attribute = 'other_document') as other_document,
        max(value) filter (where attribute = 'insurance_number') as insurance_number,
        max(value) filter (where attribute = 'archive_id') as archive_id,
        max(value) filter (where attribute = 'sex') as sex_code,
        max(value) filter (where attribute = 'birth_date')::date as born_on,
        max(value) filter (where attribute = 'ethnicity') as ethnicity_code,
        max(value) filter (where attribute = 'marital_status') as marital_code,
        max(value) filter (where attribute = 'occupation') as occupation_code,
        max(value) filter (where attribute = 'education') as education_code,
        max(value) filter (where attribute = 'blood_type') as blood_type_code,
        max(value) filter (where attribute = 'rh_type') as rh_code,
        max(value) filter (where attribute = 'phone') as phone,
        max(value) filter (where attribute = 'current_address') as current_address,
        max(value) filter (where attribute = 'township') as town_code,
        max(value) filter (where attribute = 'doctor_team') as team_id,
        max(value) filter (where attribute = 'death_date')::date as died_on,
        max(value) filter (where attribute = 'reported_death_date')::date
            as reported_death_on,
        count(*) filter (where is_conflict) as conflict_count
    from golden_attribute
    group by person_id

),

golden_person as (

    select
        -- keys
        person.person_id,
        -- who
        pivoted.person_name,
        pivoted.id_number,
        pivoted.other_document,
        pivoted.insurance_number,
        pivoted.archive_id,
        -- what
        pivoted.sex_code,
        pivoted.born_on,
        pivoted.ethnicity_code,
        pivoted.marital_code,
        pivoted.occupation_code,
        pivoted.education_code,
        pivoted.blood_type_code,
        pivoted.rh_code,
        -- where
        pivoted.phone,
        pivoted.current_address,
        pivoted.town_code,
        pivoted.team_id,
        -- when
        pivoted.died_on,
        pivoted.reported_death_on,
        -- measures
        coalesce(pivoted.conflict_count, 0) as conflict_count
    from person
    left join pivoted
        on person.person_id = pivoted.person_id

)

select * from golden_person
