"""What a run changes: the links that differ, and the persons whose records differ.

Goes in: `arriving_link` and what is known. Comes out: the temporary tables `link_change`
(each record whose link differs) and `changed_person` (each person whose set of records
differs), which the ledger, the history and the events are then written from.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from loaders.identity.arriving import (
    LINK_COLUMNS,
    VERSION_COLUMNS,
    WrongLinksError,
    listed,
)

# `joined_to_person_id`: whose the record that it is now linked to was before this run.
# `names_another`: its key was given to somebody else, or back. Of its former person nothing
# moved: one record went, and another came.
LINK_CHANGE_SQL = """
create temporary table link_change on commit drop as
select differing.*, neighbour.person_id as joined_to_person_id
from (
    select
        link_scope.record_key,
        known.record_key is not null as was_there,
        arriving.record_key is not null as is_there,
        known.person_id as old_person_id,
        arriving.person_id as new_person_id,
        arriving.linked_to,
        arriving.method,
        known.rule as old_rule,
        arriving.rule,
        known.record_key is not null
        and arriving.record_key is not null
        and known.named_since is distinct from arriving.named_since as names_another,
        ({known_version}) is distinct from ({arriving_version}) as is_new_version
    from link_scope
    left join identity.person_link as known on link_scope.record_key = known.record_key
    left join arriving_link as arriving on link_scope.record_key = arriving.record_key
    where ({known}) is distinct from ({arriving})
    -- Neighbours are looked up for those that differ, not for all that are compared.
    offset 0
) as differing
left join identity.person_link as neighbour on differing.linked_to = neighbour.record_key
"""
COUNT_SQL = """
select count(*) as links, count(distinct record_key) as records from link_change
"""
CHANGED_PERSON_SQL = """
create temporary table changed_person on commit drop as
with

moved as (

    select old_person_id as person_id, 1 as records_left, 0 as records_joined
    from link_change
    where old_person_id is distinct from new_person_id

    union all

    select new_person_id as person_id, 0 as records_left, 1 as records_joined
    from link_change
    where old_person_id is distinct from new_person_id

),

summed as (

    select
        person_id,
        sum(records_left)::integer as records_left,
        sum(records_joined)::integer as records_joined
    from moved
    where person_id is not null
    group by person_id

),

held as (

    select person_link.person_id, count(*)::integer as records
    from summed
    inner join identity.person_link on summed.person_id = person_link.person_id
    group by person_link.person_id

),

counted as (

    select
        summed.person_id,
        coalesce(held.records, 0) as records_before,
        summed.records_left,
        summed.records_joined,
        coalesce(held.records, 0) - summed.records_left + summed.records_joined
            as records_after
    from summed
    left join held on summed.person_id = held.person_id

)

select
    counted.*,
    case
        when ledger.person_id is null then 'issued'
        when ledger.status = 'retired' then 'reinstated'
        when counted.records_after = 0 then 'retired'
        else 'kept'
    end as became
from counted
left join identity.person_ledger as ledger on counted.person_id = ledger.person_id
"""


def find_changes(connection: Connection) -> int:
    """Compare `arriving_link` with what is known; returns how many links differ.

    Raises: WrongLinksError for a record that comes twice.
    """
    statement = LINK_CHANGE_SQL.format(
        known=listed("known", LINK_COLUMNS),
        arriving=listed("arriving", LINK_COLUMNS),
        known_version=listed("known", VERSION_COLUMNS),
        arriving_version=listed("arriving", VERSION_COLUMNS),
    )
    connection.execute(text(statement))
    connection.execute(text("analyze link_change"))
    counts = connection.execute(text(COUNT_SQL)).one()
    if counts.links != counts.records:
        raise WrongLinksError("A link comes twice, or a record is in the scope twice.")
    if counts.links:
        connection.execute(text(CHANGED_PERSON_SQL))
        connection.execute(text("analyze changed_person"))
    return int(counts.links)
