-- One row per number that a source record gives for a person, as delivered.
with

named as (

    select * from {{ ref('idn_named') }}

),

typed as (

    select
        *,
        case
            when social_card_no = id_number then 'social_card'
            when id_type_code = 'other' then 'other_document'
            else 'resident_id'
        end as id_number_type
    from named
    where set_aside_because is distinct from 'test_row'

),

-- Numbers of the nation have no assigner; those of a platform have the letter of its
-- system, local ones the code of the institution, as its own patient cards have it.
said as (

    select
        typed.record_key,
        number.id_type,
        number.assigner,
        number.value_raw,
        number.is_own,
        typed._first_delivery_on,
        typed._last_delivery_on
    from typed
    cross join
        lateral (
            values
            (typed.id_number_type, '', typed.id_number, not typed.has_number_of_mother),
            (
                'resident_id',
                '',
                -- A record that gives it in two columns gives it once.
                case
                    when
                        typed.id_number_type = 'resident_id'
                        and typed.id_number = typed.mother_id_number
                        then null
                    else typed.mother_id_number
                end,
                false
            ),
            (
                'social_card',
                '',
                case
                    when
                        typed.id_number_type = 'social_card'
                        and not typed.has_number_of_mother
                        then null
                    else typed.social_card_no
                end,
                true
            ),
            ('health_card', '', typed.health_card_no, true),
            ('birth_certificate', '', typed.birth_certificate_no, true),
            ('phone', '', typed.phone, true),
            ('health_index', 'D', typed.health_index_id, true),
            ('archive', 'D', typed.archive_id, true),
            ('vaccination_code', 'D', typed.vaccination_code, true),
            ('insurance_number', 'F', typed.insurance_number, true),
            ('patient_card', coalesce(typed.card_org_code, ''), typed.card_no, true),
            ('outpatient_no', typed.org_code, typed.outpatient_no, true),
            ('medical_record_no', typed.org_code, typed.medical_record_no, true)
        ) as number (id_type, assigner, value_raw, is_own)
    where btrim(number.value_raw) <> ''

),

source_identifier as (

    select
        -- keys
        record_key,
        id_type,
        assigner,
        value_raw,
        -- how much and whether
        is_own,
        -- when
        _first_delivery_on as first_delivery_on,
        _last_delivery_on as last_delivery_on
    from said

)

select * from source_identifier
