-- One row per contract and package that was signed.
with

sent as (

    select * from {{ ref('stg_e__scm_signcontractrecord') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

service_package as (

    select * from {{ ref('rec_service_package') }}

),

signed as (

    select distinct
        sent.record_key,
        package.package_code
    from sent
    cross join
        lateral regexp_split_to_table(
            sent.package_codes, {{ list_separator() }}
        ) as package (package_code)
    where package.package_code <> ''

),

contract_package as (

    select
        -- keys
        contract.event_id || '|' || signed.package_code as event_id,
        contract.contract_id,
        signed.package_code,
        -- who and where
        contract.person_id,
        contract.institution_code,
        -- what and when
        service_package.package_code is not null as is_listed,
        contract.begins_on,
        contract.ends_on,
        contract.stopped_on,
        -- measures
        service_package.package_price_fen,
        -- where it comes from
        contract.source_system,
        contract.source_table,
        contract.org_code,
        contract.native_id,
        signed.package_code as native_part,
        contract._file_id,
        contract._line_number
    from contract
    inner join signed
        on contract.event_id = signed.record_key
    left join service_package
        on signed.package_code = service_package.package_code

)

select * from contract_package
