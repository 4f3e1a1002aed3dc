{{ config(materialized='ephemeral') }}
-- One row per attribute of a person that a record states and that nobody is recognised by:
-- what the systems say of people stays where it was parsed and is only listed here.
with

county_hospital_card as (

    select * from {{ ref('stg_a__ms_brda') }}

),

county_hospital_front_page as (

    select * from {{ ref('stg_a__basy') }}

),

tcm_hospital_card as (

    select * from {{ ref('stg_b__tb_yl_patient_information') }}

),

tcm_hospital_front_page as (

    select * from {{ ref('stg_b__hqms') }}

),

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

death_card as (

    select * from {{ ref('stg_d__dea_deathreportcard') }}

),

contract as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

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

opened_archive as (

    select
        *,
        case when record_status_code = '1' then 'closed' else 'open' end as standing
    from archive

),

staged as (

    select
        card.record_key,
        said.attribute,
        said.value,
        null::text as standing,
        null::date as said_on
    from county_hospital_card as card
    cross join
        lateral (
            values
            ('marital_status', card.marital_code),
            ('occupation', card.occupation_code),
            ('blood_type', card.blood_type_code)
        ) as said (attribute, value)

    union all

    select
        page.record_key,
        said.attribute,
        said.value,
        null as standing,
        null as said_on
    from county_hospital_front_page as page
    cross join
        lateral (
            values
            ('marital_status', page.marital_code),
            ('occupation', page.occupation_code),
            ('blood_type', page.blood_type_code),
            ('rh_type', page.rh_code),
            (
                'death_date',
                case when page.discharge_way_code = '5' then page.discharged_on::text end
            )
        ) as said (attribute, value)

    union all

    select
        record_key,
        'marital_status' as attribute,
        marital_code as value,
        null as standing,
        null as said_on
    from tcm_hospital_card

    union all

    select
        page.record_key,
        said.attribute,
        said.value,
        null as standing,
        null as said_on
    from tcm_hospital_front_page as page
    cross join
        lateral (
            values
            ('marital_status', page.marital_code),
            ('occupation', page.occupation_code),
            ('blood_type', page.blood_type_code),
            ('rh_type', page.rh_code),
            (
                'death_date',
                case
                    when page.discharge_way_code = '5' then page.discharged_at::date::text
                end
            )
        ) as said (attribute, value)

    union all

    select
        archive.record_key,
        said.attribute,
        said.value,
        said.standing,
        said.said_on
    from opened_archive as archive
    cross join
        lateral (
            values
            ('marital_status', archive.marital_code, null, null),
            ('education', archive.education_code, null, null),
            ('blood_type', archive.blood_type_code, null, null),
            ('rh_type', archive.rh_code, null, null),
            -- An archive says where one lived when it was opened; who moves gets another.
            (
                'township',
                left(archive.manage_unit_id, 9),
                archive.standing,
                archive.created_on
            ),
            ('archive_id', archive.archive_id, archive.standing, archive.created_on),
            (
                'death_date',
                case when archive.is_marked_dead then archive.dead_on::text end,
                null,
                null
            )
        ) as said (attribute, value, standing, said_on)

    union all

    select
        death_card.record_key,
        said.attribute,
        death_card.dead_on::text as value,
        null as standing,
        null as said_on
    from death_card
    cross join
        lateral (
            values ('death_date'), ('reported_death_date')
        ) as said (attribute)

    union all

    select
        contract.record_key,
        'doctor_team' as attribute,
        contract.team_id as value,
        'active' as standing,
        contract.begins_on as said_on
    from contract
    cross join last_data_day
    where
        contract.begins_on <= last_data_day.last_data_on
        -- The end is exclusive: on that day the contract is no longer valid.
        and contract.ends_on > last_data_day.last_data_on
        and (
            contract.stopped_on is null
            or contract.stopped_on > last_data_day.last_data_on
        )

    union all

    select
        record_key,
        'township' as attribute,
        town_code as value,
        null as standing,
        null as said_on
    from insured

)

select * from staged
where value is not null
