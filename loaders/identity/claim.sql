-- Numbers that too many bear say nothing of anybody.
create or replace table crowded as
select kind, key
from (select kind, key, said from strong union select kind, key, said from outside_key)
group by kind, key
having count(*) > $most_claims;

create or replace table everybodys as
select strong.key
from strong
inner join record on strong.n = record.n
inner join name on record.name_id = name.name_id
where
    strong.kind = 'id'
    and name.sound <> ''
    -- So many names have as many records: few numbers are looked at closely.
    and strong.key in (
        select key from strong where kind = 'id' group by key having count(*) > $most_names
    )
group by strong.key
having count(distinct name.sound) > $most_names
union
select key from crowded where kind = 'id';

-- Which numbers of which records are nobody's: few, so that nothing is hashed again.
create or replace table disregarded as
select n, list(kind) as kinds
from (
    select strong.n, strong.kind
    from strong
    semi join crowded on strong.kind = crowded.kind and strong.key = crowded.key
    union
    select strong.n, strong.kind
    from strong
    where strong.kind = 'id' and strong.key in (from everybodys)
)
group by n;

-- Claims: records that agree in everything that is compared and share a strong number. The
-- number of claims, not of records, bounds the work that follows.
create or replace table claimed as
with

decided as (
    select record_key_a as record_key from decision
    union
    select record_key_b from decision
),

usable as (
    select record.* exclude (kinds, is_nobodys) replace (
        if(is_nobodys, 'placeholder', id_kind) as id_kind,
        if(is_nobodys, null, id_key) as id_key,
        if(is_nobodys, null, id_text) as id_text,
        if(list_contains(kinds, 'insurance'), null, insurance_number) as insurance_number,
        if(list_contains(kinds, 'index'), null, health_index_id) as health_index_id,
        if(list_contains(kinds, 'archive'), null, archive_id) as archive_id,
        if(list_contains(kinds, 'birth_certificate'), null, birth_certificate_no)
            as birth_certificate_no,
        if(list_contains(kinds, 'vaccination_code'), null, vaccination_code)
            as vaccination_code,
        if(list_contains(kinds, 'social_card'), null, social_card_no) as social_card_no,
        if(list_contains(kinds, 'patient_card'), null, patient_card) as patient_card,
        if(list_contains(kinds, 'medical_record'), null, medical_record) as medical_record
    )
    from (
        select
            record.*,
            disregarded.kinds,
            coalesce(
                list_has_any(disregarded.kinds, ['id', 'document', 'unverified']), false
            ) as is_nobodys
        from record
        left join disregarded on record.n = disregarded.n
    ) as record
),

-- What tells claims apart, and no more than that: all of it is sorted.
joinable as (
    select
        usable.n, usable.name_id, usable.born_on, usable.sex_code, usable.id_kind,
        usable.id_text,
        coalesce(
            'id|' || usable.id_key,
            'insurance|' || usable.insurance_number,
            'index|' || usable.health_index_id
        ) as number
    from usable
    inner join name on usable.name_id = name.name_id
    inner join source on usable.n = source.n
    where
        name.key <> ''
        and not name.is_newborn
        and not usable.is_under_mother
        and source.record_key not in (from decided)
        and coalesce(usable.id_key, usable.insurance_number, usable.health_index_id)
        is not null
),

joined as (
    select
        n,
        min(n) over (
            partition by number, name_id, born_on, sex_code, id_kind, id_text
        ) as claim
    from joinable
)

select usable.*, coalesce(joined.claim, usable.n) as claim
from usable
left join joined on usable.n = joined.n;

drop table record;

alter table claimed rename to record;

create or replace table claim as
with

-- Materialized: otherwise whole records are carried through the join.
first as materialized (
    select
        claim, name_id, born_on, sex_code, id_kind, id_key, id_text, id_born_on,
        id_sex_code, is_under_mother
    from record
    where n = claim
),

counted as materialized (
    select claim, count(*)::integer as record_count from record group by claim
)

select first.*, counted.record_count
from first
inner join counted on first.claim = counted.claim
order by first.claim
