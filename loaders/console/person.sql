-- One row per source record that KEY may denote.
select distinct
    person_link.person_id,
    source_person.source_system,
    source_person.source_table,
    source_person.org_code,
    source_person.native_id,
    source_person.native_part
from identity.source_person
inner join identity.person_link
    on source_person.record_key = person_link.record_key
where
    person_link.person_id is not null
    and (cast(:system as text) is null or source_person.source_system = :system)
    and (cast(:org as text) is null or source_person.org_code = :org)
    and (
        person_link.person_id = :key
        or source_person.archive_id = :key
        or source_person.insurance_number = :key
        or source_person.health_index_id = :key
        or source_person.native_id = :key
        or upper(regexp_replace(normalize(source_person.id_number, nfkc), '[^0-9Xx]', '', 'g'))
        in (cast(:id_number as text), cast(:old_id_number as text))
    )
order by 1, 2, 3, 4, 5, 6
