"""Every version of every link, and which persons a run touched.

Goes in: `link_change` and `changed_person` of a run whose links are written. Comes out:
`identity.person_link_history`, from which the links after any run can be read again, and
`identity.person_change`, by which later layers know whom to look at. A step that is
repeated within a run overwrites what it wrote in that run and nothing else.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from loaders.identity.arriving import VERSION_COLUMNS

# Links of before there was a history: nobody knows since when they stand.
BEGIN_SQL = """
insert into identity.person_link_history (valid_from_run, {names})
select :run_id, {names} from identity.person_link
order by record_key
"""
BEGIN_RUN_SQL = """
insert into identity.link_run (
    run_id, links_changed, persons_changed, ids_issued, ids_retired, ids_reinstated
)
values (:run_id, 0, 0, 0, 0, 0)
"""
REWRITE_SQL = """
delete from identity.person_link_history as version
using link_change
where
    version.record_key = link_change.record_key
    and link_change.is_new_version
    and version.valid_from_run = :run_id
"""
CLOSE_SQL = """
update identity.person_link_history as version
set valid_to_run = :run_id
from link_change
where
    version.record_key = link_change.record_key
    and link_change.is_new_version
    and version.valid_to_run is null
"""
OPEN_SQL = """
insert into identity.person_link_history (valid_from_run, {names})
select :run_id, {arriving}
from link_change
inner join arriving_link as arriving on link_change.record_key = arriving.record_key
where link_change.is_new_version
order by link_change.record_key
"""
CHANGES_SQL = """
insert into identity.person_change as known (
    run_id, person_id, records_before, records_after, retired_into
)
select
    :run_id, changed_person.person_id, changed_person.records_before,
    changed_person.records_after, ledger.retired_into
from changed_person
inner join identity.person_ledger as ledger
    on changed_person.person_id = ledger.person_id
order by changed_person.person_id
on conflict (run_id, person_id) do update
set records_after = excluded.records_after, retired_into = excluded.retired_into
"""
RUN_SQL = """
insert into identity.link_run as known (
    run_id, links_changed, persons_changed, ids_issued, ids_retired, ids_reinstated
)
select
    :run_id, (select count(*) from link_change), count(*),
    count(*) filter (where became = 'issued'),
    count(*) filter (where became = 'retired'),
    count(*) filter (where became = 'reinstated')
from changed_person
on conflict (run_id) do update
set
    written_at = excluded.written_at,
    links_changed = known.links_changed + excluded.links_changed,
    persons_changed = known.persons_changed + excluded.persons_changed,
    ids_issued = known.ids_issued + excluded.ids_issued,
    ids_retired = known.ids_retired + excluded.ids_retired,
    ids_reinstated = known.ids_reinstated + excluded.ids_reinstated
"""


class RunOutOfOrderError(RuntimeError):
    """A run with a lower number than one that has already written links."""


def begin_history(connection: Connection, run_id: int) -> None:
    """Let the history begin with the links that are there, if there is none yet.

    Raises: RunOutOfOrderError.
    """
    newest = connection.scalar(text("select max(run_id) from identity.link_run"))
    if newest is not None and newest > run_id:
        raise RunOutOfOrderError(f"Run {run_id} comes after run {newest} wrote the links.")
    run = {"run_id": run_id}
    if newest is None:
        statement = text(BEGIN_SQL.format(names=", ".join(VERSION_COLUMNS)))
        if connection.execute(statement, run).rowcount:
            connection.execute(text(BEGIN_RUN_SQL), run)


def keep_links(connection: Connection, run_id: int) -> None:
    """Close the versions that this run replaced or removed, and open the new ones."""
    run = {"run_id": run_id}
    connection.execute(text(REWRITE_SQL), run)
    connection.execute(text(CLOSE_SQL), run)
    opening = OPEN_SQL.format(
        names=", ".join(VERSION_COLUMNS),
        arriving=", ".join(f"arriving.{name}" for name in VERSION_COLUMNS),
    )
    connection.execute(text(opening), run)


def note_changes(connection: Connection, run_id: int) -> None:
    """Write the feed of affected persons, and that this run has changed links."""
    connection.execute(text(CHANGES_SQL), {"run_id": run_id})
    connection.execute(text(RUN_SQL), {"run_id": run_id})
