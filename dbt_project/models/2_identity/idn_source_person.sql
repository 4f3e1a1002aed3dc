-- One row per source record that names a person.
with

county_hospital_card as (

    select * from {{ ref('stg_a__ms_brda') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

front_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

township_card as (

    select * from {{ ref('stg_c__ms_brda') }}

),

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

health_exam as (

    select * from {{ ref('stg_d__hc_healthcheck') }}

),

hypertension_record as (

    select * from {{ ref('stg_d__mdc_hypertensionrecord') }}

),

hypertension_follow_up as (

    select * from {{ ref('stg_d__mdc_hypertensionvisit') }}

),

death_card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

team as (

    select * from {{ ref('stg_e__pub_familyteam') }}

),

contract as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

),

settlement as (

    select * from {{ ref('stg_f__setl_d') }}

),

-- A stay names the card; its record number and ordinal are those of its front page. Where
-- they are on the stays of several cards they name nobody.
card_of_front_page as (

    select
        county_hospital_stay.medical_record_number,
        county_hospital_stay.stay_ordinal,
        min(county_hospital_card.record_key) as card_record_key
    from county_hospital_stay
    inner join county_hospital_card
        on county_hospital_stay.patient_id = county_hospital_card.patient_id
    where county_hospital_stay.medical_record_number <> '0'
    group by
        county_hospital_stay.medical_record_number,
        county_hospital_stay.stay_ordinal
    having min(county_hospital_card.record_key) = max(county_hospital_card.record_key)

),

ranked_insured as (

    select
        record_key,
        insurance_number,
        row_number() over (
            partition by insurance_number
            order by insured_year desc, record_key asc
        ) as place_from_newest
    from insured

),

newest_insured as (

    select
        insurance_number,
        record_key as insured_record_key
    from ranked_insured
    where place_from_newest = 1

),

named as (

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        null::text as id_type_code,
        sex_code,
        born_on,
        ethnicity_code,
        phone,
        address,
        null::text as town_code,
        health_index_id,
        null::text as archive_id,
        insurance_number,
        null::text as household_id,
        null::text as reference_key,
        set_aside_because
    from county_hospital_card

    union all

    select
        front_page.record_key,
        front_page.source_system,
        front_page.source_table,
        front_page.org_code,
        front_page.native_id,
        front_page.native_part,
        front_page._first_delivery_on,
        front_page.person_name,
        front_page.id_number,
        null as id_type_code,
        front_page.sex_code,
        front_page.born_on,
        front_page.ethnicity_code,
        front_page.phone,
        front_page.address,
        null as town_code,
        null as health_index_id,
        null as archive_id,
        null as insurance_number,
        null as household_id,
        card_of_front_page.card_record_key as reference_key,
        front_page.set_aside_because
    from front_page
    left join card_of_front_page
        on
            front_page.medical_record_number = card_of_front_page.medical_record_number
            and front_page.stay_ordinal = card_of_front_page.stay_ordinal

    union all

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        id_type_code,
        sex_code,
        born_on,
        ethnicity_code,
        phone,
        address,
        null as town_code,
        null as health_index_id,
        null as archive_id,
        insurance_number,
        null as household_id,
        null as reference_key,
        set_aside_because
    from tcm_hospital_card

    union all

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        null as id_type_code,
        sex_code,
        born_on,
        ethnicity_code,
        phone,
        address,
        null as town_code,
        health_index_id,
        null as archive_id,
        insurance_number,
        null as household_id,
        null as reference_key,
        set_aside_because
    from township_card

    union all

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        null as id_type_code,
        sex_code,
        born_on,
        ethnicity_code,
        phone,
        address,
        left(manage_unit_id, 9) as town_code,
        health_index_id,
        archive_id,
        null as insurance_number,
        household_id,
        null as reference_key,
        set_aside_because
    from archive

    union all

    select
        health_exam.record_key,
        health_exam.source_system,
        health_exam.source_table,
        health_exam.org_code,
        health_exam.native_id,
        health_exam.native_part,
        health_exam._first_delivery_on,
        health_exam.person_name,
        health_exam.id_number,
        null as id_type_code,
        null as sex_code,
        null as born_on,
        null as ethnicity_code,
        null as phone,
        null as address,
        left(health_exam.manage_unit_id, 9) as town_code,
        health_exam.health_index_id,
        health_exam.archive_id,
        null as insurance_number,
        null as household_id,
        archive.record_key as reference_key,
        health_exam.set_aside_because
    from health_exam
    left join archive
        on health_exam.archive_id = archive.archive_id

    union all

    select
        hypertension_record.record_key,
        hypertension_record.source_system,
        hypertension_record.source_table,
        hypertension_record.org_code,
        hypertension_record.native_id,
        hypertension_record.native_part,
        hypertension_record._first_delivery_on,
        hypertension_record.person_name,
        hypertension_record.id_number,
        null as id_type_code,
        null as sex_code,
        null as born_on,
        null as ethnicity_code,
        null as phone,
        null as address,
        left(hypertension_record.manage_unit_id, 9) as town_code,
        hypertension_record.health_index_id,
        hypertension_record.archive_id,
        null as insurance_number,
        null as household_id,
        archive.record_key as reference_key,
        hypertension_record.set_aside_because
    from hypertension_record
    left join archive
        on hypertension_record.archive_id = archive.archive_id

    union all

    select
        hypertension_follow_up.record_key,
        hypertension_follow_up.source_system,
        hypertension_follow_up.source_table,
        hypertension_follow_up.org_code,
        hypertension_follow_up.native_id,
        hypertension_follow_up.native_part,
        hypertension_follow_up._first_delivery_on,
        hypertension_follow_up.person_name,
        hypertension_follow_up.id_number,
        null as id_type_code,
        null as sex_code,
        null as born_on,
        null as ethnicity_code,
        null as phone,
        null as address,
        left(hypertension_follow_up.manage_unit_id, 9) as town_code,
        hypertension_follow_up.health_index_id,
        hypertension_follow_up.archive_id,
        null as insurance_number,
        null as household_id,
        archive.record_key as reference_key,
        hypertension_follow_up.set_aside_because
    from hypertension_follow_up
    left join archive
        on hypertension_follow_up.archive_id = archive.archive_id

    union all

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        null as id_type_code,
        sex_code,
        born_on,
        null as ethnicity_code,
        null as phone,
        address,
        town_code,
        null as health_index_id,
        null as archive_id,
        null as insurance_number,
        null as household_id,
        null as reference_key,
        set_aside_because
    from death_card

    union all

    select
        contract.record_key,
        contract.source_system,
        contract.source_table,
        coalesce(team.manage_unit_id, contract.org_code) as org_code,
        contract.native_id,
        contract.native_part,
        contract._first_delivery_on,
        contract.person_name,
        contract.id_number,
        null as id_type_code,
        contract.sex_code,
        contract.born_on,
        null as ethnicity_code,
        contract.phone,
        null as address,
        left(team.manage_unit_id, 9) as town_code,
        contract.health_index_id,
        null as archive_id,
        null as insurance_number,
        null as household_id,
        null as reference_key,
        contract.set_aside_because
    from contract
    left join team
        on contract.team_id = team.team_id

    union all

    select
        record_key,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _first_delivery_on,
        person_name,
        id_number,
        id_type_code,
        sex_code,
        born_on,
        ethnicity_code,
        null as phone,
        null as address,
        town_code,
        null as health_index_id,
        null as archive_id,
        insurance_number,
        null as household_id,
        null as reference_key,
        set_aside_because
    from insured

    union all

    select
        settlement.record_key,
        settlement.source_system,
        settlement.source_table,
        settlement.org_code,
        settlement.native_id,
        settlement.native_part,
        settlement._first_delivery_on,
        settlement.person_name,
        settlement.id_number,
        settlement.id_type_code,
        settlement.sex_code,
        settlement.born_on,
        null as ethnicity_code,
        null as phone,
        null as address,
        null as town_code,
        null as health_index_id,
        null as archive_id,
        settlement.insurance_number,
        null as household_id,
        newest_insured.insured_record_key as reference_key,
        settlement.set_aside_because
    from settlement
    left join newest_insured
        on settlement.insurance_number = newest_insured.insurance_number

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
        sex_code,
        born_on,
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
        reference_key,
        -- when
        _first_delivery_on as first_delivery_on,
        -- A settlement that is not valid and a visit on a day that does not exist count for
        -- nothing, but they still name somebody. A test row names nobody.
        case
            when set_aside_because = 'test_row' then set_aside_because
        end as set_aside_because
    from named

)

select * from source_person
