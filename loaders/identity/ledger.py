"""Writing who is who: links, ids, what happened, and open questions, in one transaction.

Goes in: the links and tasks of the records that a run has decided about. Comes out: tables
that hold exactly them, and the story of how they came to. Only rows that differ are
touched: a run that finds nothing new writes nothing. An id once issued stays in the ledger:
its person may be retired into another and come back, nobody else gets it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from sqlalchemy import Connection, Engine, text

from loaders.identity.arriving import (
    LINK_COLUMNS,
    TASK_COLUMNS,
    WrongLinksError,
    apply_links,
    receive_links,
    replace_tasks,
)
from loaders.identity.events import write_events
from loaders.identity.history import (
    RunOutOfOrderError,
    begin_history,
    keep_links,
    note_changes,
)
from loaders.identity.link_change import find_changes
from loaders.identity.retired_ids import retire_ids
from loaders.identity.state import renew_statistics

__all__ = [
    "LINK_COLUMNS",
    "TASK_COLUMNS",
    "LedgerChange",
    "WrongLinksError",
    "RunOutOfOrderError",
    "issue_person_id",
    "prepare",
    "write_links",
    "write_people",
    "write_tasks",
]

TABLES = ("tables.sql", "history.sql", "assertions.sql", "event_decision.sql")
# Each new id needs its anchor, once; an old one must not come with another anchor.
ANCHORS_SQL = """
select count(*)
from (
    select changed_person.person_id
    from changed_person
    left join arriving_link as anchor
        on changed_person.person_id = anchor.person_id and anchor.method = 'first'
    left join identity.person_ledger as ledger
        on changed_person.person_id = ledger.person_id
    where changed_person.records_after > 0
    group by changed_person.person_id, changed_person.became
    having
        (changed_person.became = 'issued' and count(anchor.record_key) <> 1)
        or bool_or(
            anchor.record_key <> ledger.anchor_record_key
            or anchor.record_key = ledger.anchor_record_key
            and anchor.named_since is distinct from ledger.anchor_named_since
        )
) as wrong
"""
ISSUE_SQL = """
insert into identity.person_ledger (
    person_id, anchor_record_key, anchor_named_since, issued_on, status, issued_run_id,
    changed_run_id
)
select
    changed_person.person_id, anchor.record_key, anchor.named_since,
    anchor.first_delivery_on, 'active', :run_id, :run_id
from changed_person
inner join arriving_link as anchor
    on changed_person.person_id = anchor.person_id and anchor.method = 'first'
where changed_person.became = 'issued'
order by changed_person.person_id
"""
REINSTATE_SQL = """
update identity.person_ledger as ledger
set status = 'active', retired_into = null, changed_run_id = :run_id
from changed_person
where
    ledger.person_id = changed_person.person_id
    and changed_person.became = 'reinstated'
"""
COUNTS_SQL = """
select
    count(*) filter (where became = 'issued') as issued,
    count(*) filter (where became = 'retired') as retired,
    count(*) filter (where became = 'reinstated') as reinstated,
    (select count(*) from link_change) as links_changed,
    count(*) as persons_changed
from changed_person
"""


@dataclass(frozen=True)
class LedgerChange:
    """How many rows a run touched."""

    issued: int = 0
    retired: int = 0
    reinstated: int = 0
    links_changed: int = 0
    persons_changed: int = 0
    tasks_changed: int = 0


def prepare(engine: Engine) -> None:
    """Make the identity tables that this step writes, where they are not there yet."""
    with engine.begin() as connection:
        for name in TABLES:
            statements = files("loaders.identity").joinpath(name).read_text("utf-8")
            connection.execute(text(statements))


def issue_person_id(anchor_record_key: str, named_since: str | None = None) -> str:
    """The id of the person whose anchor this record is: opaque, and the same for ever.

    Where the key named somebody else before, `named_since` tells the two persons apart.
    """
    anchor = "\n".join(filter(None, (anchor_record_key, named_since)))
    digest = hashlib.blake2b(anchor.encode(), digest_size=10).digest()
    return "P" + base64.b32encode(digest).decode()


def write_people(
    connection: Connection,
    run_id: int,
    scope: str | None,
    links: Iterable[Sequence[object]],
    tasks: Iterable[Sequence[object]],
) -> LedgerChange:
    """Bring the links, ledger and tasks of a scope to their new state.

    `scope` is the name of a temporary table with the column `record_key`: all records that
    the run decided about, with the ones that are gone; None stands for all there are. For
    `links`, rows of LINK_COLUMNS, see `write_links`; for `tasks`, see `write_tasks`.
    Raises: WrongLinksError; RunOutOfOrderError.
    """
    receive_links(connection, scope, links)
    return write_tasks(connection, write_links(connection, run_id), tasks)


def write_links(connection: Connection, run_id: int) -> LedgerChange:
    """Bring links and ledger to their new state, with the history and events of it.

    Reads two temporary tables: `link_scope` (record_key), all records that the run decided
    about, and `arriving_link` (as `person_link`), the links of those that are still there.
    The scope holds persons whole: whoever loses or gains a record, with all records.
    Exactly one row of a person has the method `first`: its anchor.

    Writes person_link, person_ledger, person_link_history, person_change and person_event
    in the caller's transaction, which the caller commits; once in a transaction, since its
    own temporary tables go with that.
    Raises: WrongLinksError when the rows contradict each other, the scope or the ledger;
    RunOutOfOrderError when a run with a higher number has been written.
    """
    begin_history(connection, run_id)
    if not find_changes(connection):
        return LedgerChange()
    run = {"run_id": run_id}
    if connection.scalar(text(ANCHORS_SQL)):
        raise WrongLinksError("A person comes without its anchor, or with another one.")
    connection.execute(text(ISSUE_SQL), run)
    connection.execute(text(REINSTATE_SQL), run)
    apply_links(connection)
    keep_links(connection, run_id)
    retire_ids(connection, run_id)
    note_changes(connection, run_id)
    write_events(connection, run_id)
    change = LedgerChange(**connection.execute(text(COUNTS_SQL)).mappings().one())
    # Where they change the picture the next steps should not wait for autovacuum to notice.
    for table in ("person_link", "person_ledger", "person_link_history"):
        renew_statistics(connection, f"identity.{table}", change.links_changed)
    return change


def write_tasks(
    connection: Connection, change: LedgerChange, tasks: Iterable[Sequence[object]]
) -> LedgerChange:
    """Bring the questions about records in `link_scope` to their new state.

    `tasks` has the rows of TASK_COLUMNS in which such a record has a part; those that are
    open and not among them are closed. Returns `change` with the number of rows touched.
    """
    return replace(change, tasks_changed=replace_tasks(connection, tasks))
