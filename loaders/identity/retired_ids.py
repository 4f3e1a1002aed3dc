"""Ids whose person has no record any more, and to whom they lead.

A record whose key was given to somebody else is not the record that it was: an id does not
lead to who has its key now.

Goes in: `changed_person` and `link_change` of a run whose links and history are written.
Comes out: the temporary table `person_home`, and the ledger with these ids retired.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

# Where a retired id leads: to the living person who has its anchor record; when that is
# gone, to whom most of its last records belong now; when these are gone too, as before.
# Looked at are the ids that this run retires, those that led to somebody who lost records,
# and those whose anchor moved.
HOMES_SQL = """
create temporary table person_home on commit drop as
with

lost as (

    select
        ledger.person_id, ledger.anchor_record_key, ledger.anchor_named_since,
        ledger.retired_into
    from changed_person
    inner join identity.person_ledger as ledger
        on changed_person.person_id = ledger.person_id
    where changed_person.became = 'retired'

    union

    select
        ledger.person_id, ledger.anchor_record_key, ledger.anchor_named_since,
        ledger.retired_into
    from changed_person
    inner join identity.person_ledger as ledger
        on changed_person.person_id = ledger.retired_into
    where ledger.status = 'retired' and changed_person.records_left > 0

    union

    select
        ledger.person_id, ledger.anchor_record_key, ledger.anchor_named_since,
        ledger.retired_into
    from link_change
    inner join identity.person_ledger as ledger
        on link_change.record_key = ledger.anchor_record_key
    where
        ledger.status = 'retired'
        and link_change.old_person_id is distinct from link_change.new_person_id

)

select
    lost.person_id as lost_person_id,
    coalesce(with_anchor.person_id, with_most.person_id, lost.retired_into) as person_id
from lost
left join identity.person_link as with_anchor
    on
        lost.anchor_record_key = with_anchor.record_key
        and lost.anchor_named_since is not distinct from with_anchor.named_since
left join lateral (
    select now.person_id
    from identity.person_link_history as past
    inner join identity.person_link as now
        on
            past.record_key = now.record_key
            and past.named_since is not distinct from now.named_since
    where
        with_anchor.person_id is null
        and now.person_id is not null
        and past.person_id = lost.person_id
        and past.valid_to_run = (
            select max(own.valid_to_run)
            from identity.person_link_history as own
            where own.person_id = lost.person_id and own.valid_to_run is not null
        )
    group by now.person_id
    order by count(*) desc, now.person_id
    limit 1
) as with_most on true
"""
RETIRE_SQL = """
update identity.person_ledger as ledger
set status = 'retired', retired_into = person_home.person_id, changed_run_id = :run_id
from person_home
where
    ledger.person_id = person_home.lost_person_id
    and (
        ledger.status = 'active'
        or ledger.retired_into is distinct from person_home.person_id
    )
"""
# Who led to somebody retired just now leads on: chains end at the living.
FORWARD_SQL = """
update identity.person_ledger as ledger
set retired_into = successor.retired_into, changed_run_id = :run_id
from changed_person
inner join identity.person_ledger as successor
    on changed_person.person_id = successor.person_id
where changed_person.became = 'retired' and ledger.retired_into = successor.person_id
"""


def retire_ids(connection: Connection, run_id: int) -> None:
    """Retire the ids that this run emptied, and lead on those that led to moved records."""
    run = {"run_id": run_id}
    for statement in (HOMES_SQL, RETIRE_SQL, FORWARD_SQL):
        connection.execute(text(statement), run)
