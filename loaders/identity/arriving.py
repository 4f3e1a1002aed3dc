"""What a run has decided, received by COPY, and put into the tables of links and tasks.

Goes in: rows of links and tasks. Comes out: the temporary table `arriving_link`, tasks that
are replaced, and links that are changed where `link_change` says that they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

LINK_COLUMNS = (
    "record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
    "person_id", "method", "rule", "probability", "linked_to", "first_delivery_on",
    "is_contested", "named_since",
)  # fmt: skip
# Of these a link has a new version in the history when one of them changes.
VERSION_COLUMNS = (
    "record_key", "person_id", "method", "rule", "probability", "linked_to",
    "is_contested", "named_since",
)  # fmt: skip
TASK_COLUMNS = (
    "task_id", "kind", "record_key_a", "record_key_b", "probability", "reason", "evidence",
    "first_seen_on",
)  # fmt: skip

EVERYBODY_SQL = """
select record_key from identity.person_link
union
select record_key from arriving_link
"""
OUTSIDE_SQL = """
select count(*)
from arriving_link
left join link_scope on arriving_link.record_key = link_scope.record_key
where link_scope.record_key is null
"""
# Not by `or`, which no index would answer.
TOUCHED_SQL = """
select task.task_id
from link_scope inner join identity.review_task as task
    on link_scope.record_key = task.record_key_a
union
select task.task_id
from link_scope inner join identity.review_task as task
    on link_scope.record_key = task.record_key_b
"""


class WrongLinksError(RuntimeError):
    """The rows contradict each other, the scope or the ledger: a mistake in the engine.

    The message holds no key of a record, since that can be a personal number.
    """


def listed(row: str, names: Sequence[str]) -> str:
    """The columns of a row as SQL lists them."""
    return ", ".join(f"{row}.{name}" for name in names)


def receive_links(
    connection: Connection, scope: str | None, rows: Iterable[Sequence[object]]
) -> None:
    """Make `arriving_link` of these rows, and `link_scope` of the records of `scope`.

    Raises: WrongLinksError for a link of a record that is not in the scope.
    """
    _receive(connection, "person_link", "arriving_link", LINK_COLUMNS, rows)
    records = EVERYBODY_SQL if scope is None else f"select distinct record_key from {scope}"
    connection.execute(
        text(f"create temporary table link_scope on commit drop as {records}")
    )
    connection.execute(text("analyze link_scope"))
    if connection.scalar(text(OUTSIDE_SQL)):
        raise WrongLinksError("A link is of a record that is not in the scope.")


def apply_links(connection: Connection) -> None:
    """Bring `person_link` to what `link_change` says."""
    connection.execute(
        text(
            "delete from identity.person_link as known using link_change as gone"
            " where known.record_key = gone.record_key and not gone.is_there"
        )
    )
    names = ", ".join(LINK_COLUMNS)
    values = ", ".join(f"{name} = arriving.{name}" for name in LINK_COLUMNS[1:])
    connection.execute(
        text(
            f"update identity.person_link as known set {values}"
            " from link_change inner join arriving_link as arriving"
            " on link_change.record_key = arriving.record_key"
            " where link_change.was_there and known.record_key = link_change.record_key"
        )
    )
    # In the order of the key, for a dense index.
    connection.execute(
        text(
            f"insert into identity.person_link ({names})"
            f" select {listed('arriving', LINK_COLUMNS)}"
            " from link_change inner join arriving_link as arriving"
            " on link_change.record_key = arriving.record_key"
            " where not link_change.was_there order by record_key"
        )
    )


def replace_tasks(connection: Connection, rows: Iterable[Sequence[object]]) -> int:
    """Receive tasks, replace those that touch `link_scope`, and count the rows changed."""
    _receive(connection, "review_task", "arriving_task", TASK_COLUMNS, rows)
    removed = connection.execute(
        text(
            f"delete from identity.review_task as known where task_id in ({TOUCHED_SQL})"
            " and not exists"
            " (select from arriving_task where arriving_task.task_id = known.task_id)"
        )
    ).rowcount
    key, *others = TASK_COLUMNS
    written = connection.execute(
        text(
            f"insert into identity.review_task as known ({', '.join(TASK_COLUMNS)})"
            f" select {', '.join(TASK_COLUMNS)} from arriving_task"
            f" on conflict ({key}) do update set"
            f" {', '.join(f'{name} = excluded.{name}' for name in others)}"
            f" where ({listed('known', others)})"
            f" is distinct from ({listed('excluded', others)})"
        )
    ).rowcount
    return int(removed) + int(written)


def _receive(
    connection: Connection,
    table: str,
    arriving: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    names = ", ".join(columns)
    connection.execute(
        text(
            f"create temporary table {arriving} on commit drop as"
            f" select {names} from identity.{table} with no data"
        )
    )
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    with (
        driver.cursor() as cursor,
        cursor.copy(f"copy {arriving} ({names}) from stdin") as copy,
    ):
        for row in rows:
            copy.write_row(row)
    connection.execute(text(f"analyze {arriving}"))
