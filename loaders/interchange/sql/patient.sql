-- Everybody: what is known of each, the numbers each goes by, and ids that led here before.
with

former as (

    select
        leads_to as person_id,
        array_agg(former_id order by former_id) as former_ids
    from former_ids
    group by leads_to

),

numbers as (

    select
        person_id,
        jsonb_agg(
            jsonb_build_object(
                'system', source_system, 'org', org_code, 'number', patient_id
            )
            order by patient_key
        ) as patient_numbers
    from record.patient_number
    group by person_id

)

select
    person.person_id,
    person.sex_code,
    person.born_on,
    person.death_on,
    golden_person.person_name,
    golden_person.id_number,
    golden_person.insurance_number,
    golden_person.archive_id,
    golden_person.other_document,
    golden_person.phone,
    golden_person.current_address,
    former.former_ids,
    numbers.patient_numbers
from record.person
left join identity.golden_person on person.person_id = golden_person.person_id
left join former on person.person_id = former.person_id
left join numbers on person.person_id = numbers.person_id
