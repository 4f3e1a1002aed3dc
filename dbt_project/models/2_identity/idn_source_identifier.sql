-- One row per number that a source record gives for a person, as delivered.
with

named as (

    select * from {{ ref('idn_named') }}

),

-- Numbers of the nation have no assigner; those of a platform have the letter of its
-- system, local ones the code of the institution, as its own patient cards have it.
said as (

    select
        named.record_key,
        number.id_type,
        number.assigner,
        number.value_raw,
        number.is_own,
        named._first_delivery_on,
        named._last_delivery_on
    from named
    cross join
        lateral (
            values
            (
                case
                    when named.social_card_no is not distinct from named.id_number
                        then 'social_card'
                    when named.id_type_code = 'other' then 'other_document'
                    else 'resident_id'
                end,
                '',
                named.id_number,
                not named.has_number_of_mother
            ),
            ('resident_id', '', named.mother_id_number, false),
            ('social_card', '', named.social_card_no, true),
            ('health_card', '', named.health_card_no, true),
            ('birth_certificate', '', named.birth_certificate_no, true),
            ('phone', '', named.phone, true),
            ('health_index', 'D', named.health_index_id, true),
            ('archive', 'D', named.archive_id, true),
            ('vaccination_code', 'D', named.vaccination_code, true),
            ('insurance_number', 'F', named.insurance_number, true),
            ('patient_card', coalesce(named.card_org_code, ''), named.card_no, true),
            ('outpatient_no', named.org_code, named.outpatient_no, true),
            ('medical_record_no', named.org_code, named.medical_record_no, true)
        ) as number (id_type, assigner, value_raw, is_own)
    where
        btrim(number.value_raw) <> ''
        and named.set_aside_because is distinct from 'test_row'

),

source_identifier as (

    -- One record may give a number twice, such as the mother's in two columns.
    select
        -- keys
        said.record_key,
        said.id_type,
        said.assigner,
        said.value_raw,
        -- how much and whether
        said.is_own,
        -- when
        min(said._first_delivery_on) as first_delivery_on,
        max(said._last_delivery_on) as last_delivery_on
    from said
    group by said.record_key, said.id_type, said.assigner, said.value_raw, said.is_own

)

select * from source_identifier
