-- One row per contract and service: how often it was promised, and how often performed.
with

contract_package as (

    select * from {{ ref('rec_contract_package') }}

),

service_package_item as (

    select * from {{ ref('rec_service_package_item') }}

),

service_performed as (

    select * from {{ ref('rec_service_performed') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

-- Packages add up: whoever signed two of them is promised what both promise.
promised as (

    select
        contract_package.contract_id,
        service_package_item.item_code,
        string_agg(
            contract_package.package_code, ',' order by contract_package.package_code
        ) as package_codes,
        sum(service_package_item.promised_count)::int as promised_count
    from contract_package
    inner join service_package_item
        on contract_package.package_code = service_package_item.package_code
    group by contract_package.contract_id, service_package_item.item_code

),

performed as (

    select
        contract_id,
        item_code,
        count(*)::int as performed_count,
        max(served_on) as last_served_on
    from service_performed
    where
        not_counted_because is null
        and item_code is not null
    group by contract_id, item_code

),

-- A full join: what was performed without being promised is shown as well.
compared as (

    select
        coalesce(promised.contract_id, performed.contract_id) as contract_id,
        coalesce(promised.item_code, performed.item_code) as item_code,
        promised.package_codes,
        coalesce(promised.promised_count, 0) as promised_count,
        coalesce(performed.performed_count, 0) as performed_count,
        performed.last_served_on
    from promised
    full join performed
        on
            promised.contract_id = performed.contract_id
            and promised.item_code = performed.item_code

),

entitlement as (

    select
        -- keys
        contract.event_id || '|' || compared.item_code as event_id,
        contract.contract_id,
        compared.item_code,
        -- who and where
        contract.person_id,
        contract.institution_code,
        -- what and when
        compared.package_codes,
        contract.begins_on,
        least(contract.ends_on, contract.stopped_on) as ends_on,
        compared.last_served_on,
        -- measures
        compared.promised_count,
        compared.performed_count,
        greatest(compared.promised_count - compared.performed_count, 0) as remaining_count,
        -- where it comes from
        contract.source_system,
        contract.source_table,
        contract.org_code,
        contract.native_id,
        compared.item_code as native_part,
        contract._file_id,
        contract._line_number
    from compared
    inner join contract
        on compared.contract_id = contract.contract_id

)

select * from entitlement
