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

update record set
    id_kind = if(told.is_nobodys, 'placeholder', id_kind),
    id_key = if(told.is_nobodys, null, id_key),
    id_text = if(told.is_nobodys, null, id_text),
    insurance_number = if(list_contains(told.kinds, 'insurance'), null, insurance_number),
    health_index_id = if(list_contains(told.kinds, 'index'), null, health_index_id),
    archive_id = if(list_contains(told.kinds, 'archive'), null, archive_id),
    birth_certificate_no = if(
        list_contains(told.kinds, 'birth_certificate'), null, birth_certificate_no
    ),
    vaccination_code = if(
        list_contains(told.kinds, 'vaccination_code'), null, vaccination_code
    ),
    social_card_no = if(list_contains(told.kinds, 'social_card'), null, social_card_no),
    patient_card = if(list_contains(told.kinds, 'patient_card'), null, patient_card),
    medical_record = if(list_contains(told.kinds, 'medical_record'), null, medical_record)
from (
    select n, kinds, list_has_any(kinds, ['id', 'document', 'unverified']) as is_nobodys
    from disregarded
) as told
where record.n = told.n;

-- Claims: records that agree in everything that is compared and share a strong number. The
-- number of claims, not of records, bounds the work that follows.
create or replace table joined as
with

decided as (
    select source.n
    from source
    where source.record_key in (
        select record_key_a from decision
        union
        select record_key_b from decision
    )
),

joinable as (
    select
        record.n, record.name_id, record.born_on, record.sex_code, record.id_kind,
        record.id_text,
        coalesce(
            'id|' || record.id_key,
            'insurance|' || record.insurance_number,
            'index|' || record.health_index_id
        ) as number
    from record
    inner join name on record.name_id = name.name_id
    where
        name.key <> ''
        and not name.is_newborn
        and not record.is_under_mother
        and record.n not in (from decided)
),

alike as (
    select min(n) as claim, list(n) as members
    from joinable
    where number is not null
    group by number, name_id, born_on, sex_code, id_kind, id_text
    having count(*) > 1
)

select claim, unnest(members) as n from alike;

-- A record that joins no other is a claim of its own. Written anew: to update nearly every
-- row takes longer.
create or replace table record as
select record.*, coalesce(joined.claim, record.n) as claim
from record
left join joined on record.n = joined.n;

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
