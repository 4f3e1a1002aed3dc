-- One row per source record that names a person.
with

named as (

    select * from {{ ref('idn_named') }}

),

source_person as (

    select
        -- keys
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        -- who
        person_name,
        id_number,
        id_type_code,
        -- A code that no list knows is kept in staging and says nothing here.
        case when sex_code in ('1', '2') then sex_code end as sex_code,
        born_on,
        birth_order,
        coalesce(is_newborn_hint, false) as is_newborn_hint,
        died_on,
        ethnicity_code,
        phone,
        address,
        -- where
        town_code,
        -- what else the systems know the person by
        health_index_id,
        archive_id,
        insurance_number,
        household_id,
        birth_certificate_no,
        vaccination_code,
        social_card_no,
        -- A number that another institution gave means nothing beside this org_code.
        case when card_org_code = org_code then card_no end as card_no,
        medical_record_no,
        reference_key,
        -- when
        _first_delivery_on as first_delivery_on,
        named_since,
        -- A settlement that is not valid and a visit on a day that does not exist count for
        -- nothing, but they still name somebody. A test row names nobody.
        case
            when set_aside_because = 'test_row' then set_aside_because
        end as set_aside_because
    from named

)

select * from source_person
