-- Whom the family-doctor system names: the beneficiaries of contracts. Its services carry
-- the platform's number and nothing of the person.
{{ config(materialized='ephemeral') }}
with

team as (

    select * from {{ ref('stg_e__pub_familyteam') }}

),

contract as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

named as (

    -- The householder signs for the whole household.
    select
        {{ named_record(
            'contract',
            said=['person_name', 'id_number', 'sex_code', 'born_on', 'phone', 'health_index_id'],
            read={
                'org_code': 'coalesce(team.manage_unit_id, contract.org_code)',
                'town_code': 'left(team.manage_unit_id, 9)',
                'householder_name': 'contract.signer_name',
            },
        ) }}
    from contract
    left join team
        on contract.team_id = team.team_id

)

select * from named
