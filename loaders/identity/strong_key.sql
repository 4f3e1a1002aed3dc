-- What ties records together: strong numbers, references, and a name with its birthday,
-- one row per record and key. Keys are hashes, told to nobody.
create or replace table strong as
select distinct n, kind, stable_hash(key) as key, said
from (
    select
        unnest([
            {'kind': 'id', 'key': record.id_key},
            {'kind': 'insurance', 'key': record.insurance_number},
            {'kind': 'index', 'key': record.health_index_id},
            {'kind': 'archive', 'key': record.archive_id},
            {'kind': 'birth_certificate', 'key': record.birth_certificate_no},
            {'kind': 'vaccination_code', 'key': record.vaccination_code},
            {'kind': 'social_card', 'key': record.social_card_no},
            {'kind': 'patient_card', 'key': record.patient_card},
            {'kind': 'medical_record', 'key': record.medical_record},
            {'kind': 'document', 'key': if(record.id_kind = 'other_document', record.id_text, null)},
            {
                'kind': 'unverified',
                'key': if(
                    record.id_kind in ('invalid', 'excel_zeroed', 'excel_rounded'), record.id_text, null
                )
            },
            {'kind': 'prefix', 'key': if(record.id_kind = 'valid', left(record.id_text, 15), null)},
            {
                'kind': 'damaged',
                'key': if(
                    record.id_kind in ('excel_zeroed', 'excel_rounded'), left(record.id_text, 15), null
                )
            },
            {'kind': 'record', 'key': source.reference_key},
            {'kind': 'mother', 'key': birth.mother},
            {'kind': 'face', 'key': nullif(name.key, '') || '|' || record.born_on::text}
        ], recursive := true),
        record.n,
        stable_hash(
            concat_ws(
                '|', name.key, name.rank, name.is_newborn, record.born_on, record.sex_code
            )
        ) as said
    from record
    inner join source on record.n = source.n
    inner join name on record.name_id = name.name_id
    left join birth on record.n = birth.n
)
where key is not null
union
-- A child belongs together with the record that is named as its mother's.
select source.n, 'record' as kind, stable_hash(birth_said.other_record_key) as key, 0 as said
from birth_said
inner join source on birth_said.record_key = source.record_key
where birth_said.other_record_key is not null
