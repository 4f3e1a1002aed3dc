-- Whom the public-health platform names as mothers and as children: maternal records and
-- visits, visits to newborns, health cards and check-ups of children, vaccinations.
-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized='ephemeral') }}
with

archive as (

    select * from {{ ref('stg_d__ehr_healthrecord') }}

),

pregnancy as (

    select * from {{ ref('stg_d__mhc_pregnantrecord') }}

),

antenatal_visit as (

    select * from {{ ref('stg_d__mhc_visitrecord') }}

),

postnatal_visit as (

    select * from {{ ref('stg_d__mhc_postnatalvisit') }}

),

newborn_visit as (

    select * from {{ ref('stg_d__mhc_babyvisit') }}

),

child_card as (

    select * from {{ ref('stg_d__cdh_healthcard') }}

),

child_exam as (

    select * from {{ ref('stg_d__cdh_checkup') }}

),

vaccination as (

    select * from {{ ref('stg_d__piv_vaccinaterecord') }}

),

named as (

    -- Only women are pregnant: the forms do not ask for the sex.
    select
        {{ named_record(
            'pregnancy',
            said=['person_name', 'id_number', 'born_on', 'health_index_id', 'archive_id'],
            read={
                'sex_code': "'2'",
                'town_code': 'left(pregnancy.manage_unit_id, 9)',
                'gave_birth_on': 'pregnancy.delivered_on',
                'live_births': small('pregnancy.live_birth_count'),
                'reference_key': 'archive.record_key',
            },
        ) }}
    from pregnancy
    left join archive
        on pregnancy.archive_id = archive.archive_id

    {% for visit in ['antenatal_visit', 'postnatal_visit'] -%}
    union all

    -- A mother without an archive is known by the record of her pregnancy.
    select
        {{ named_record(
            visit,
            said=['person_name', 'id_number', 'health_index_id', 'archive_id'],
            read={
                'sex_code': "'2'",
                'town_code': 'left(' ~ visit ~ '.manage_unit_id, 9)',
                'reference_key': 'coalesce(archive.record_key, pregnancy.record_key)',
            },
        ) }}
    from {{ visit }}
    left join archive
        on {{ visit }}.archive_id = archive.archive_id
    left join pregnancy
        on {{ visit }}.pregnancy_record_id = pregnancy.pregnancy_record_id

    {% endfor -%}
    union all

    -- The record of the pregnancy is the mother's: it says who she is, not who it is.
    select
        {{ named_record(
            'newborn_visit',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'health_index_id',
                'archive_id', 'mother_name', 'mother_id_number',
            ],
            read={
                'birth_order': small('newborn_visit.birth_order'),
                'is_newborn_hint': 'true',
                'town_code': 'left(newborn_visit.manage_unit_id, 9)',
                'birth_certificate_no': 'newborn_visit.birth_certificate_number',
                'mother_record_key': 'pregnancy.record_key',
                'live_births': small('pregnancy.live_birth_count'),
            },
        ) }}
    from newborn_visit
    left join pregnancy
        on newborn_visit.pregnancy_record_id = pregnancy.pregnancy_record_id

    union all

    select
        {{ named_record(
            'child_card',
            said=[
                'person_name', 'id_number', 'sex_code', 'born_on', 'health_index_id',
                'archive_id', 'mother_name', 'mother_id_number',
            ],
            read={
                'town_code': 'left(child_card.manage_unit_id, 9)',
                'birth_certificate_no': 'child_card.birth_certificate_number',
                'vaccination_code': 'child_card.child_card_id',
                'reference_key': 'archive.record_key',
            },
        ) }}
    from child_card
    left join archive
        on child_card.archive_id = archive.archive_id

    union all

    select
        {{ named_record(
            'child_exam',
            said=['person_name', 'id_number', 'health_index_id', 'archive_id'],
            read={
                'town_code': 'left(child_exam.manage_unit_id, 9)',
                'vaccination_code': 'child_exam.child_card_id',
                'reference_key': 'coalesce(child_card.record_key, archive.record_key)',
            },
        ) }}
    from child_exam
    left join child_card
        on child_exam.child_card_id = child_card.child_card_id
    left join archive
        on child_exam.archive_id = archive.archive_id

    union all

    -- The number is that of the health card, or the province's own (SZ…).
    select
        {{ named_record(
            'vaccination',
            said=['person_name', 'id_number', 'sex_code', 'born_on', 'mother_name'],
            read={
                'vaccination_code': 'vaccination.vaccinee_number',
                'reference_key': 'child_card.record_key',
            },
        ) }}
    from vaccination
    left join child_card
        on vaccination.vaccinee_number = child_card.child_card_id

)

select * from named
