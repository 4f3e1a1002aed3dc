"""All that landing has written, in a form that does not depend on issued numbers.

Every table of the schemas landing and audit is looked at, also those that are added later:
a file's number is replaced by the file's place, numbers of runs and times are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.landing.ledger import balanced

# Which file, said by number; and what differs between any two landings.
FILE_NUMBERS = frozenset({"file_id", "_file_id", "replaced_by"})
NOT_COMPARED = frozenset({"batch_id", "run_id"})
# The register of runs says how often somebody had to start again; and what needs no second
# look depends on when one looked first, and decides nothing. Which rows changed their file
# tells in which order files came, for those who ask what was known before.
NO_RESULT = frozenset(
    {"audit.run", "audit.file_seen", "audit.folder_seen", "audit.moved_row"}
)
TABLES = """
    select columns.table_schema || '.' || columns.table_name as table_name,
           columns.column_name, columns.data_type, columns.is_identity = 'YES' as is_issued
    from information_schema.columns
    inner join information_schema.tables using (table_schema, table_name)
    where columns.table_schema in ('landing', 'audit') and table_type = 'BASE TABLE'
    order by 1, columns.ordinal_position
"""
# A file that is never looked at again and was never landed: this would lose it.
SEEN_IN_VAIN = """
    select count(*) from audit.file_seen as seen
    where not exists (
        select from audit.file_ledger as ledger
        where ledger.delivery_date = seen.delivery_date
          and ledger.folder = seen.folder
          and ledger.file_name = seen.file_name
    )
"""
# Seconds in which the server finds out that a client is gone.
SERVER_NOTICES_WITHIN = 10
State = dict[str, Any]


def state_of(engine: Engine) -> State:
    """By table: how many rows and a digest of them; ledger and rejects row by row."""
    with engine.connect() as connection:
        shapes = _shapes(connection)
        filled = _filled(connection, shapes.keys() - NO_RESULT)
        state: State = {name: _digest(connection, name, shapes[name]) for name in filled}
        state["columns"] = {
            name: [tuple(column) for column in shapes[name]]
            for name in shapes.keys() - NO_RESULT
        }
        for name in ("audit.file_ledger", "landing.reject"):
            query = f"select said from ({_rows(name, shapes[name])}) as stated order by 1"
            state[f"{name}, row by row"] = list(connection.scalars(text(query)))
        state["indexes"] = _indexes(connection)
        state["seen and not in the ledger"] = connection.scalar(text(SEEN_IN_VAIN))
    state["does not balance"] = balanced(engine)
    return state


def differences(found: State, wanted: State) -> list[str]:
    """The names of what differs, without any value."""
    return sorted(
        name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)
    )


def wait_until_unlocked(engine: Engine) -> None:
    """Return when nobody holds an advisory lock here. Raises: TimeoutError."""
    give_up = monotonic() + SERVER_NOTICES_WITHIN
    while _held_locks(engine):
        if monotonic() > give_up:
            raise TimeoutError("advisory locks are still held")
        sleep(0.05)


def _held_locks(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.scalar(
            text(
                "select count(*) from pg_locks where locktype = 'advisory'"
                " and pid <> pg_backend_pid()"
                " and database = ("
                "    select oid from pg_database where datname = current_database()"
                ")"
            )
        )
    return int(found or 0)


def clear(engine: Engine) -> None:
    """Take everything away that was landed; the tables stay."""
    with engine.begin() as connection:
        # Emptying an empty table takes as long as a full one.
        filled = _filled(connection, _shapes(connection))
        if filled:
            connection.execute(text(f"truncate {', '.join(map(_quoted, filled))} cascade"))


def clear_completely(engine: Engine) -> None:
    """As clear, but without the tables."""
    with engine.begin() as connection:
        for schema in ("landing", "audit"):
            connection.execute(text(f"drop schema {schema} cascade"))


def _shapes(connection: Connection) -> dict[str, list[Any]]:
    """The tables there are, with their columns."""
    shapes: dict[str, list[Any]] = {}
    for row in connection.execute(text(TABLES)):
        shapes.setdefault(row.table_name, []).append(row)
    return shapes


def _filled(connection: Connection, names: Iterable[str]) -> list[str]:
    asked = " union all ".join(
        f"select '{name}' where exists (select from {_quoted(name)})" for name in names
    )
    return list(connection.scalars(text(asked))) if asked else []


def _digest(connection: Connection, name: str, columns: list[Any]) -> tuple[int, str]:
    row = connection.execute(
        text(
            "select count(*),"
            " coalesce(md5(string_agg(md5(said), '' order by md5(said))), '')"
            f" from ({_rows(name, columns)}) as stated"
        )
    ).one()
    return row[0], row[1]


def _rows(name: str, columns: list[Any]) -> str:
    """A query of a table's rows as text."""
    numbers = [c.column_name for c in columns if c.column_name in FILE_NUMBERS]
    left_out = [
        c.column_name
        for c in columns
        if c.column_name in FILE_NUMBERS | NOT_COMPARED
        or c.is_issued
        or c.data_type.startswith("timestamp")
    ]
    without = "".join(f" - '{column}'" for column in left_out)
    places = "".join(f" || ' ' || coalesce(of_{n}.place, 'none')" for n in numbers)
    joins = " ".join(
        f"""left join (
            select file_id, concat_ws(
                '/', delivery_date, folder, file_name, member_name, sha256
            ) as place
            from audit.file_ledger
        ) as of_{number} on stored."{number}" = of_{number}.file_id"""
        for number in numbers
    )
    return (
        f"select (to_jsonb(stored){without})::text{places} as said"
        f" from {_quoted(name)} as stored {joins}"
    )


def _indexes(connection: Connection) -> list[tuple[Any, ...]]:
    found = connection.execute(
        text(
            "select indexdef, indisvalid from pg_indexes"
            " inner join pg_index on indexrelid ="
            " (quote_ident(schemaname) || '.' || quote_ident(indexname))::regclass"
            " where schemaname in ('landing', 'audit')"
            " and schemaname || '.' || tablename <> all(:no_result) order by 1"
        ),
        {"no_result": list(NO_RESULT)},
    )
    return [tuple(row) for row in found]


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))
