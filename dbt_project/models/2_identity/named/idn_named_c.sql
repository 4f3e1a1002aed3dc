-- Whom the township system names: on the patient cards of the centres. Its other tables
-- carry the number of the card and nothing of the person.
{{ config(materialized='ephemeral') }}
with

card as (

    select * from {{ ref('stg_c__ms_brda') }}

),

named as (

    select
        {{ named_record(
            'card',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'ethnicity_code', 'phone',
                'address', 'health_index_id', 'insurance_number',
            ],
            read={'card_no': 'card.patient_id', 'card_org_code': 'card.org_code'},
        ) }}
    from card

)

select * from named
