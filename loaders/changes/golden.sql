-- Records whose person is another than when the golden tables were last built, or that say
-- something else of who it is: one digest per record, for the rows lie in tables of their own.
truncate changes.statement_difference;
insert into changes.statement_difference (record_key, person_id, digest)
with

said as (

    select
        link.record_key,
        link.person_id,
        hashtextextended(
            cast(
                row(
                    link.person_id, link.first_delivery_on, link.is_contested,
                    source_person.person_name, source_person.sex_code,
                    source_person.born_on, source_person.ethnicity_code,
                    source_person.phone, source_person.address,
                    source_person.archive_id, source_person.insurance_number,
                    source_person.id_type_code, source_person.id_number
                ) as text
            ),
            0
        ) as digest
    from identity.person_link as link
    left join identity.source_person as source_person
        on link.record_key = source_person.record_key
    where link.person_id is not null

)

select
    coalesce(said.record_key, seen.record_key) as record_key,
    said.person_id,
    said.digest
from said
full join changes.seen_statement as seen
    on said.record_key = seen.record_key
where said.digest is distinct from seen.digest;
analyze changes.statement_difference
