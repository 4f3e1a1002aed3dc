-- Whom the insurer names: insured persons, and whoever a settlement or a filing is about.
{{ config(materialized='ephemeral') }}
with

insured as (

    select * from {{ ref('stg_f__psn_insu_d') }}

),

settlement as (

    select * from {{ ref('stg_f__setl_d') }}

),

filing as (

    select * from {{ ref('stg_f__out_appy_d') }}

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
        {{ named_record(
            'insured',
            said=[
                'person_name', 'id_number', 'id_type_code', 'sex_code', 'born_on',
                'ethnicity_code', 'town_code', 'insurance_number',
            ],
            read={
                'social_card_no':
                    "case when btrim(insured.id_type_code_raw) = '90' then insured.id_number end",
            },
        ) }}
    from insured

    union all

    select
        {{ named_record(
            'settlement',
            said=[
                'person_name', 'id_number', 'id_type_code', 'sex_code', 'born_on',
                'insurance_number',
            ],
            read={
                'social_card_no':
                    "case when btrim(settlement.id_type_code_raw) = '90' then"
                    " settlement.id_number end",
                'reference_key': 'newest_insured.insured_record_key',
            },
        ) }}
    from settlement
    left join newest_insured
        on settlement.insurance_number = newest_insured.insurance_number

    union all

    select
        {{ named_record(
            'filing',
            said=['person_name', 'id_number', 'insurance_number'],
            read={'reference_key': 'newest_insured.insured_record_key'},
        ) }}
    from filing
    left join newest_insured
        on filing.insurance_number = newest_insured.insurance_number

)

select * from named
