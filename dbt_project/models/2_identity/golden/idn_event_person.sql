{%- set concerned -%}
    -- What stewards have said, which is little.
    select event_record_key as key from identity.event_owner
    union
    select record_key from identity.event_person where because = 'steward'
    -- What these persons own, and newborns of theirs.
    union
    select record_key from identity.event_person
    where person_id in (select person_id from changes.affected_person)
    union
    select charge.record_key
    from affected.person_link as newborn
    inner join staging.stg_a__zy_brry as stay
        on left(newborn.record_key, -length('|newborn')) = stay.record_key
    inner join staging.stg_a__zy_fymx as charge using (stay_number)
    where newborn.record_key like '%|newborn'
    union
    select charge.record_key
    from affected.person_link as newborn
    inner join staging.stg_b__tb_his_zy_adm_reg as stay
        on left(newborn.record_key, -length('|newborn')) = stay.record_key
    inner join staging.stg_b__tb_his_zy_fee_detail as charge
        on stay.org_code = charge.org_code and stay.stay_number = charge.stay_number
    where newborn.record_key like '%|newborn'
    -- What was charged otherwise since, or on another stay.
    union
    select record_key from changes.stg_a__zy_fymx
    union
    select record_key from changes.stg_b__tb_his_zy_fee_detail
    union
    select charge.record_key
    from changes.stg_a__zy_brry as stay
    inner join staging.stg_a__zy_fymx as charge using (stay_number)
    union
    select charge.record_key
    from changes.stg_b__tb_his_zy_adm_reg as stay
    inner join staging.stg_b__tb_his_zy_fee_detail as charge using (org_code, stay_number)
{%- endset -%}
{{ config(
    materialized='by_key',
    meta={'key_columns': ['record_key'], 'concerned': concerned},
    indexes=[{'columns': ['record_key']}],
) }}
-- One row per event that belongs to somebody else than the card or stay it was booked on.
-- Of every other event the person is that of its card.
with

event_owner as (

    select * from {{ source('identity', 'event_owner') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

county_hospital_stay as (

    select * from {{ ref('stg_a__zy_brry') }}

),

county_hospital_charge as (

    select * from {{ ref('stg_a__zy_fymx') }}

),

tcm_hospital_stay as (

    select * from {{ ref('stg_b__tb_his_zy_adm_reg') }}

),

tcm_hospital_charge as (

    select * from {{ ref('stg_b__tb_his_zy_fee_detail') }}

),

-- What was charged for a newborn on its mother's stay (YEPB, YEBZ); the child has a record
-- of its own under the stay's key.
newborn_charge as (

    select
        county_hospital_charge.record_key,
        county_hospital_stay.record_key || '|newborn' as owner_record_key
    from county_hospital_charge
    inner join county_hospital_stay
        on county_hospital_charge.stay_number = county_hospital_stay.stay_number
    where
        county_hospital_charge.is_newborn
        and {{ keys_concerned('county_hospital_charge.record_key') }}

    union all

    select
        tcm_hospital_charge.record_key,
        tcm_hospital_stay.record_key || '|newborn' as owner_record_key
    from tcm_hospital_charge
    inner join tcm_hospital_stay
        on
            tcm_hospital_charge.org_code = tcm_hospital_stay.org_code
            and tcm_hospital_charge.stay_number = tcm_hospital_stay.stay_number
    where
        tcm_hospital_charge.is_newborn
        and {{ keys_concerned('tcm_hospital_charge.record_key') }}

),

said as (

    select
        event_record_key as record_key,
        owner_record_key,
        'steward' as because,
        1 as rank
    from event_owner

    union all

    select
        record_key,
        owner_record_key,
        'newborn_on_mothers_stay' as because,
        2 as rank
    from newborn_charge

),

-- A steward outranks every rule; an owner without a person owns nothing.
ranked as (

    select
        said.record_key,
        person_link.person_id,
        said.because,
        said.owner_record_key,
        row_number() over (partition by said.record_key order by said.rank) as place
    from said
    inner join person_link
        on said.owner_record_key = person_link.record_key
    where person_link.person_id is not null

),

event_person as (

    select
        record_key,
        person_id,
        because,
        owner_record_key
    from ranked
    where place = 1

)

select * from event_person
