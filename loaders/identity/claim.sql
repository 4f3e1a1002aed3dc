-- Numbers that too many bear say nothing of anybody.
create or replace table crowded as
select kind, key
from (select kind, key, said from strong union select kind, key, said from outside_key)
group by kind, key
having count(*) > $most_claims;

create or replace macro is_crowded(kind_of_key, said) as
    stable_hash(said) in (select key from crowded where kind = kind_of_key);

create or replace table everybodys as
select strong.key
from strong
inner join record on strong.n = record.n
inner join name on record.name_id = name.name_id
where strong.kind = 'id' and name.sound <> ''
group by strong.key
having count(distinct name.sound) > $most_names
union
select key from crowded where kind = 'id';

create or replace table usable as
select record.* exclude (is_nobodys) replace (
    if(is_nobodys, 'placeholder', record.id_kind) as id_kind,
    if(is_nobodys, null, id_key) as id_key,
    if(is_nobodys, null, id_text) as id_text,
    if(is_crowded('insurance', insurance_number), null, insurance_number)
        as insurance_number,
    if(is_crowded('index', health_index_id), null, health_index_id) as health_index_id,
    if(is_crowded('archive', archive_id), null, archive_id) as archive_id,
    if(is_crowded('birth_certificate', birth_certificate_no), null, birth_certificate_no)
        as birth_certificate_no,
    if(is_crowded('vaccination_code', vaccination_code), null, vaccination_code)
        as vaccination_code,
    if(is_crowded('social_card', social_card_no), null, social_card_no) as social_card_no,
    if(is_crowded('patient_card', patient_card), null, patient_card) as patient_card,
    if(is_crowded('medical_record', medical_record), null, medical_record)
        as medical_record
)
from (
    select
        record.*,
        coalesce(stable_hash(id_key) in (from everybodys), false)
        or coalesce(is_crowded('document', if(id_kind = 'other_document', id_text, null)), false)
        or coalesce(
            is_crowded(
                'unverified',
                if(id_kind in ('invalid', 'excel_zeroed', 'excel_rounded'), id_text, null)
            ),
            false
        ) as is_nobodys
    from record
) as record;

-- One row per claim: records that agree in everything that is compared and share a strong
-- number. The number of claims, not of records, bounds the work that follows.
create or replace table claimed as
select
    usable.*,
    case
        when
            name.key = '' or name.is_newborn or usable.is_under_mother
            or decided.record_key is not null
            or coalesce(usable.id_key, usable.insurance_number, usable.health_index_id) is null
            then usable.n
        else min(usable.n) over (
            partition by
                coalesce(
                    'id|' || usable.id_key,
                    'insurance|' || usable.insurance_number,
                    'index|' || usable.health_index_id
                ),
                usable.name_id, usable.born_on, usable.sex_code, usable.id_kind, usable.id_text,
                decided.record_key is not null
        )
    end as claim
from usable
inner join name on usable.name_id = name.name_id
inner join source on usable.n = source.n
left join (
    select record_key_a as record_key from decision
    union
    select record_key_b from decision
) as decided on source.record_key = decided.record_key;

create or replace table record as from claimed;

drop table usable;

create or replace table claim as
select
    claim,
    any_value(name_id) as name_id,
    any_value(born_on) as born_on,
    any_value(sex_code) as sex_code,
    any_value(id_kind) as id_kind,
    any_value(id_key) as id_key,
    any_value(id_text) as id_text,
    any_value(id_born_on) as id_born_on,
    any_value(id_sex_code) as id_sex_code,
    bool_or(is_under_mother) as is_under_mother,
    count(*)::integer as record_count,
    coalesce(
        list_sort(list(distinct coalesce(town_code, town))
            filter (coalesce(town_code, town) is not null)),
        []
    ) as towns
from claimed
group by claim
order by claim;

drop table claimed;
