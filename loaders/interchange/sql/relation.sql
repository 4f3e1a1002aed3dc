-- Kin, once from the side of each; evidence of identity has no line of its own.
select
    relation_id,
    person_id,
    other_person_id,
    relation || ' other' as role
from record.relation
where relation in ('mother_of', 'guardian_of', 'twin_of')
union all
select
    relation_id,
    other_person_id as person_id,
    person_id as other_person_id,
    relation || ' first' as role
from record.relation
where relation in ('mother_of', 'guardian_of', 'twin_of')
