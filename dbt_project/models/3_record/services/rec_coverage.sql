-- One row per insured person number and year.
with

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

coverage as (

    select
        -- keys
        insured.record_key as event_id,
        insured.insured_year,
        -- who and where
        person_link.person_id,
        insured.insured_division_code,
        insured.town_code,
        -- what
        insured.insurance_type_code,
        insured.insured_kind_code,
        insured.insurance_status_code,
        -- where it comes from
        insured.source_system,
        insured.source_table,
        insured.org_code,
        insured.native_id,
        insured.native_part,
        insured._file_id,
        insured._line_number
    from insured
    left join person_link
        on insured.record_key = person_link.record_key
    where insured.set_aside_because is null

)

select * from coverage
