with recursive former as (
    select
        person_id as former_id,
        retired_into as next_id,
        1 as steps
    from identity.person_ledger
    where status = 'retired'
    union all
    select
        former.former_id,
        person_ledger.retired_into as next_id,
        former.steps + 1 as steps
    from former
    inner join identity.person_ledger on former.next_id = person_ledger.person_id
    -- An id may be reinstated and retired again: no chain is longer than this.
    where person_ledger.status = 'retired' and former.steps < 100
)

select
    former.former_id,
    former.next_id as leads_to
from former
inner join record.person on former.next_id = person.person_id
