-- One row per filing for care outside the county, withdrawn ones marked.
with

sent as (

    select * from {{ ref('stg_f__out_appy_d') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

outside_filing as (

    select
        -- keys
        sent.record_key as event_id,
        sent.filing_number,
        -- who and where
        person_link.person_id,
        institution_code.institution_code,
        sent.insured_division_code,
        sent.to_division_code,
        -- what
        sent.filing_reason_code,
        sent.diagnosis_code,
        -- The insurer marks what was withdrawn as not valid.
        case when sent.set_aside_because = 'invalid_flag' then 'withdrawn' end
            as not_counted_because,
        -- when
        sent.started_on,
        sent.ended_on,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join person_link
        on sent.record_key = person_link.record_key
    left join institution_code
        on
            sent.to_org_code = institution_code.source_code
            and institution_code.code_system = 'insurance'
    where
        sent.set_aside_because is null
        or sent.set_aside_because = 'invalid_flag'

)

select * from outside_filing
