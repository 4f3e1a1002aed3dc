-- One row per claim: records that agree in everything that is compared and share a strong
-- number. The number of claims, not of records, bounds the work that follows.
alter table record add column claim integer;
update record set claim = numbered.claim
from (
    select
        record.n,
        case
            when name.key = '' or name.is_newborn or strong_number is null then record.n
            else min(record.n) over (
                partition by
                    strong_number, record.name_id, record.born_on, record.sex_code,
                    record.id_kind, record.id_text
            )
        end as claim
    from (
        select
            *,
            coalesce(
                'id|' || id_key,
                'insurance|' || insurance_number,
                'index|' || health_index_id
            ) as strong_number
        from record
    ) as record
    inner join name on record.name_id = name.name_id
) as numbered
where record.n = numbered.n;

create table claim as
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
    count(*)::integer as record_count,
    coalesce(
        list_sort(list(distinct coalesce(town_code, town))
            filter (coalesce(town_code, town) is not null)),
        []
    ) as towns
from record
group by claim
order by claim;
