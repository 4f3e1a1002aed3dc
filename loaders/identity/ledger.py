"""Writing who is who: links, ids and open questions, in one transaction.

Goes in: the new links and tasks. Comes out: tables that hold exactly them. Only rows that
differ are touched: a run that finds nothing new writes nothing. An id once issued stays in
the ledger: its person may be retired into another and come back, nobody else gets it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Engine, text

LINK_COLUMNS = (
    "record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
    "person_id", "method", "rule", "probability", "linked_to", "first_delivery_on",
    "is_contested",
)  # fmt: skip
TASK_COLUMNS = (
    "task_id", "kind", "record_key_a", "record_key_b", "probability", "reason", "evidence",
    "first_seen_on",
)  # fmt: skip

# Where a retired person's records went: to most of them, then to the smallest id.
LEDGER_SQL = """
create temporary table former_home on commit drop as
select distinct on (former.person_id)
    former.person_id, arriving.person_id as new_person_id
from identity.person_link as former
inner join arriving_link as arriving on former.record_key = arriving.record_key
where arriving.person_id is not null and former.person_id <> arriving.person_id
group by former.person_id, arriving.person_id
order by former.person_id, count(*) desc, arriving.person_id
"""
RETIRE_SQL = """
update identity.person_ledger as ledger
set status = 'retired', retired_into = former_home.new_person_id, changed_run_id = :run_id
from (
    select distinct link.person_id
    from link_scope inner join identity.person_link as link
        on link_scope.record_key = link.record_key
    where link.person_id is not null
) as known
left join former_home on known.person_id = former_home.person_id
where
    ledger.person_id = known.person_id
    and ledger.status = 'active'
    and not exists (
        select from arriving_link where arriving_link.person_id = known.person_id
    )
"""
REINSTATE_SQL = """
update identity.person_ledger as ledger
set status = 'active', retired_into = null, changed_run_id = :run_id
where
    ledger.status = 'retired'
    and ledger.person_id in (select person_id from arriving_link)
"""
# A retired person's successor may be retired later: the ledger points to the living.
FORWARD_SQL = """
update identity.person_ledger as ledger
set retired_into = successor.retired_into, changed_run_id = :run_id
from identity.person_ledger as successor
where
    ledger.status = 'retired'
    and ledger.retired_into = successor.person_id
    and successor.status = 'retired'
"""
ISSUE_SQL = """
insert into identity.person_ledger (
    person_id, anchor_record_key, issued_on, status, issued_run_id, changed_run_id
)
select person_id, record_key, first_delivery_on, 'active', :run_id, :run_id
from arriving_link
where method = 'first'
on conflict (person_id) do nothing
"""


@dataclass(frozen=True)
class LedgerChange:
    """How many rows a run touched."""

    issued: int
    retired: int
    reinstated: int
    links_changed: int
    tasks_changed: int


def prepare(engine: Engine) -> None:
    """Make the identity tables that this step writes, where they are not there yet."""
    statements = files("loaders.identity").joinpath("tables.sql").read_text("utf-8")
    with engine.begin() as connection:
        connection.exec_driver_sql(statements)


def issue_person_id(anchor_record_key: str) -> str:
    """The id of the person whose first record this is: opaque, and the same for ever."""
    digest = hashlib.blake2b(anchor_record_key.encode(), digest_size=10).digest()
    return "P" + base64.b32encode(digest).decode()


def write_links(connection: Connection, run_id: int) -> LedgerChange:
    """Bring links and ledger to the new state; the caller's transaction commits.

    Reads the temporary tables `arriving_link` and `link_scope`: the links of every record
    in scope; a record in scope without a link is no more.
    """
    connection.execute(text(LEDGER_SQL))
    connection.execute(text("create unique index on former_home (person_id)"))
    connection.execute(text("create index on arriving_link (person_id)"))
    run = {"run_id": run_id}
    retired = connection.execute(text(RETIRE_SQL), run).rowcount
    reinstated = connection.execute(text(REINSTATE_SQL), run).rowcount
    issued = connection.execute(text(ISSUE_SQL), run).rowcount
    while connection.execute(text(FORWARD_SQL), run).rowcount:
        pass
    changed = _replace(connection, "person_link", "arriving_link", LINK_COLUMNS)
    return LedgerChange(issued, retired, reinstated, changed, 0)


def write_tasks(
    connection: Connection, change: LedgerChange, tasks: Iterable[Sequence[object]]
) -> LedgerChange:
    """Bring the questions about records in `link_scope` to the new state."""
    names = ", ".join(TASK_COLUMNS)
    connection.execute(
        text(
            "create temporary table arriving_task on commit drop as"
            f" select {names} from identity.review_task with no data"
        )
    )
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"copy arriving_task ({names}) from stdin") as copy,
    ):
        for task in tasks:
            copy.write_row(task)
    connection.execute(text("create unique index on arriving_task (task_id)"))
    changed = _replace(connection, "review_task", "arriving_task", TASK_COLUMNS)
    return replace(change, tasks_changed=changed)


IN_SCOPE = {
    "person_link": "known.record_key in (select record_key from link_scope)",
    "review_task": "(known.record_key_a in (select record_key from link_scope)"
    " or known.record_key_b in (select record_key from link_scope))",
}


def _replace(
    connection: Connection, table: str, arriving: str, columns: Sequence[str]
) -> int:
    key, *others = columns
    values = ", ".join(f"{column} = excluded.{column}" for column in others)
    known = ", ".join(f"known.{column}" for column in others)
    new = ", ".join(f"excluded.{column}" for column in others)
    removed = connection.execute(
        text(
            f"delete from identity.{table} as known where {IN_SCOPE[table]} and not exists"
            f" (select from {arriving} where {arriving}.{key} = known.{key})"
        )
    ).rowcount
    written = connection.execute(
        text(
            f"insert into identity.{table} as known ({', '.join(columns)})"
            f" select {', '.join(columns)} from {arriving}"
            f" on conflict ({key}) do update set {values}"
            f" where ({known}) is distinct from ({new})"
        )
    ).rowcount
    return int(removed) + int(written)
