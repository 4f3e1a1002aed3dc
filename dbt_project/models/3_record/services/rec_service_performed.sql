-- One row per service that a family doctor entered under a contract, cancelled ones marked.
with

sent as (

    select * from {{ ref('stg_e__scm_servicerecords') }}

),

contract as (

    select * from {{ ref('rec_contract') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

service_mode as (

    select * from {{ ref('service_mode') }}

),

described as (

    select
        sent.*,
        contract.contract_id is not null as is_contract_known,
        contract.team_id,
        contract.institution_code,
        contract.town_code,
        contract.begins_on,
        contract.ends_on,
        contract.stopped_on,
        -- The index that stands beside the contract is now and then a relative's.
        contract.person_id,
        service_mode.follow_up_way_code
    from sent
    left join contract
        on sent.contract_id = contract.contract_id
    left join service_mode
        on sent.service_mode_code = service_mode.service_mode_code
    where sent.set_aside_because is null

),

service_performed as (

    select
        -- keys
        described.record_key as event_id,
        described.service_id,
        described.contract_id,
        encounter_number.encounter_id,
        -- who and where
        described.person_id,
        described.institution_code,
        described.town_code,
        described.team_id,
        -- what
        described.item_code,
        described.service_mode_code,
        described.follow_up_way_code,
        described.visit_reference is not null as names_visit,
        described.is_contract_known,
        coalesce(
            described.served_on >= described.begins_on
            and described.served_on < described.ends_on
            and not coalesce(described.stopped_on <= described.served_on, false),
            false
        ) as is_under_contract,
        case when described.is_cancelled then 'cancelled' end as not_counted_because,
        -- when
        described.served_on,
        -- where it comes from
        described.source_system,
        described.source_table,
        described.org_code,
        described.native_id,
        described.native_part,
        described._file_id,
        described._line_number
    from described
    -- A number that leads to somebody else's visit was mistyped.
    left join encounter_number
        on
            'C|' || described.visit_org_code || '|outpatient|' || described.visit_number
            = encounter_number.encounter_key
            and described.person_id = encounter_number.person_id

)

select * from service_performed
