-- One row per medicine that was prescribed to an out-patient.
with

county_hospital_line as (

    select * from {{ ref('stg_a__ms_cf02') }}

),

tcm_hospital_line as (

    select * from {{ ref('stg_b__tb_cis_prescription_detail') }}

),

township_line as (

    select * from {{ ref('stg_c__ms_cf02') }}

),

prescription as (

    select * from {{ ref('rec_prescription') }}

),

encounter_number as (

    select * from {{ ref('rec_encounter_number') }}

),

institution_code as (

    select * from {{ ref('rec_institution_code') }}

),

every_line as (

    select
        record_key,
        prescription_line_number,
        prescription_number,
        null::text as visit_number,
        'credit' as code_system,
        null::text as prescription_type_code,
        fee_category_code,
        item_code,
        item_name,
        usage_text,
        medication_days,
        null::timestamp as prescribed_at,
        quantity,
        null::int as dose_count,
        unit_price_fen,
        line_fee_fen,
        is_self_paid,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from county_hospital_line
    where set_aside_because is null

    union all

    select
        record_key,
        prescription_line_number,
        null as prescription_number,
        visit_number,
        'code22' as code_system,
        prescription_type_code,
        null as fee_category_code,
        item_code,
        item_name,
        null as usage_text,
        null as medication_days,
        prescribed_at,
        quantity,
        dose_count,
        unit_price_fen,
        line_fee_fen,
        null as is_self_paid,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from tcm_hospital_line
    where set_aside_because is null

    union all

    select
        record_key,
        prescription_line_number,
        null as prescription_number,
        visit_number,
        'township_his' as code_system,
        null as prescription_type_code,
        null as fee_category_code,
        item_code,
        item_name,
        null as usage_text,
        null as medication_days,
        null as prescribed_at,
        quantity,
        dose_count,
        unit_price_fen,
        line_fee_fen,
        is_self_paid,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from township_line
    where set_aside_because is null

),

-- A line of the county hospital knows its prescription only, which knows the visit.
headed_line as (

    select
        every_line.*,
        prescription.event_id as prescription_id,
        prescription.prescription_type_code as head_type_code,
        prescription.is_dispensed,
        prescription.has_returned_drugs,
        prescription.not_counted_because,
        coalesce(every_line.dose_count, prescription.dose_count, 1) as multiplier,
        coalesce(every_line.dose_count, prescription.dose_count) as known_dose_count,
        coalesce(prescription.encounter_id, encounter_number.encounter_id)
            as encounter_id,
        coalesce(prescription.person_id, encounter_number.person_id) as person_id,
        coalesce(
            every_line.prescribed_at,
            prescription.prescribed_at,
            encounter_number.started_at
        ) as known_prescribed_at
    from every_line
    left join prescription
        on
            every_line.source_system = prescription.source_system
            and every_line.org_code = prescription.org_code
            and every_line.prescription_number = prescription.prescription_number
    left join encounter_number
        on
            every_line.source_system || '|' || every_line.org_code || '|outpatient|'
            || every_line.visit_number
            = encounter_number.encounter_key

),

prescription_item as (

    select
        -- keys
        headed_line.record_key as event_id,
        headed_line.prescription_line_number,
        headed_line.prescription_id,
        headed_line.encounter_id,
        -- who and where
        headed_line.person_id,
        institution_code.institution_code,
        -- what
        coalesce(headed_line.prescription_type_code, headed_line.head_type_code)
            as prescription_type_code,
        headed_line.fee_category_code,
        headed_line.item_code,
        headed_line.item_name,
        headed_line.usage_text,
        headed_line.medication_days,
        headed_line.is_self_paid,
        headed_line.is_dispensed,
        headed_line.has_returned_drugs,
        headed_line.not_counted_because is null as is_counted,
        headed_line.not_counted_because,
        -- when
        headed_line.known_prescribed_at as prescribed_at,
        headed_line.known_prescribed_at::date as prescribed_on,
        -- measures
        headed_line.quantity,
        headed_line.known_dose_count as dose_count,
        headed_line.quantity * headed_line.multiplier as total_quantity,
        headed_line.unit_price_fen,
        headed_line.line_fee_fen,
        case
            when headed_line.not_counted_because is null then headed_line.line_fee_fen
            else 0
        end as net_fee_fen,
        -- where it comes from
        headed_line.source_system,
        headed_line.source_table,
        headed_line.org_code,
        headed_line.native_id,
        headed_line.native_part,
        headed_line._file_id,
        headed_line._line_number
    from headed_line
    left join institution_code
        on
            headed_line.org_code = institution_code.source_code
            and headed_line.code_system = institution_code.code_system

)

select * from prescription_item
