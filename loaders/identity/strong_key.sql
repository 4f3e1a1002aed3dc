-- What ties records together: strong numbers, references, and a name with its birthday,
-- one row per record and key. Keys are hashes, told to nobody.
create or replace table strong as
with

said as materialized (
    select
        record.*,
        source.reference_key,
        nullif(name.key, '') || '|' || record.born_on::text as face,
        left(record.id_text, 15) || '|' || nullif(name.key, '') as start,
        stable_hash(
            concat_ws(
                '|', name.key, name.rank, name.is_newborn, record.born_on, record.sex_code
            )
        ) as said
    from record
    inner join source on record.n = source.n
    inner join name on record.name_id = name.name_id
),

-- A number has one column, or one kind of id; so no key of a record comes twice.
keyed as (
    select n, said, 'id' as kind, id_key as key from said
    union all
    select n, said, 'insurance', insurance_number from said
    union all
    select n, said, 'index', health_index_id from said
    union all
    select n, said, 'archive', archive_id from said
    union all
    select n, said, 'birth_certificate', birth_certificate_no from said
    union all
    select n, said, 'vaccination_code', vaccination_code from said
    union all
    select n, said, 'social_card', social_card_no from said
    union all
    select n, said, 'patient_card', patient_card from said
    union all
    select n, said, 'medical_record', medical_record from said
    union all
    select n, said, 'document', id_text from said where id_kind = 'other_document'
    union all
    select n, said, 'unverified', id_text from said
    where id_kind in ('invalid', 'excel_zeroed', 'excel_rounded')
    union all
    -- What Excel has left of a number, for one name: of people born on one day in one
    -- place hundreds share it.
    select n, said, 'prefix', start from said where id_kind = 'valid'
    union all
    select n, said, 'damaged', start from said
    where id_kind in ('excel_zeroed', 'excel_rounded')
    union all
    select n, said, 'record', reference_key from said
    union all
    select n, said, 'face', face from said
    union all
    -- Of its mother a record may speak more than once.
    select distinct said.n, said.said, 'mother', birth.mother
    from said
    inner join birth on said.n = birth.n
)

select n, kind, stable_hash(key) as key, said from keyed where key is not null
union all
-- A child belongs together with the record that is named as its mother's.
select distinct source.n, 'record' as kind, stable_hash(birth_said.other_record_key) as key, 0 as said
from birth_said
inner join source on birth_said.record_key = source.record_key
where birth_said.other_record_key is not null
