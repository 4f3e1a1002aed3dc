"""Which source records may say something else than when linking last read them.

Goes in: the tables that linking reads, and `identity.waiting_record`, where triggers of
these tables note the key of every row that comes, goes or is changed, in the transaction
that does it. Comes out: the temporary table `asked`, the records to look at, or the word
that all have to be: a table that was made anew or emptied at once since then is another one
to the server, has no triggers, and tells nothing of what changed in it.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

# What a record says of a person is told by these.
READ = ("source_person", "source_relation", "source_fact")
# What was made of it: one of these that was restored without the other tells of other runs.
MADE = ("person_link", "record_state")
NODES_SQL = """
select
    read.table_name, kind.relkind = 'r' as is_table,
    coalesce(pg_relation_filenode(kind.oid), 0)::bigint as node
from unnest(cast(:names as text[])) as read (table_name)
left join pg_class as kind on kind.oid = to_regclass('identity.' || read.table_name)
"""
KNOWN_SQL = "select table_name, node from identity.read_table"
ASKED_SQL = """
create temporary table asked on commit drop as
select distinct record_key from identity.waiting_record
"""
# Whose the records are that wait; everybody's, where nothing tells which have changed.
TOUCHED_SQL = """
insert into identity.touched_person (person_id)
select distinct link.person_id
from identity.person_link as link
where link.person_id is not null and {which}
on conflict do nothing
"""
WAITS = "link.record_key in (select record_key from identity.waiting_record)"
# Which rows came and went is told to a trigger of one kind of change alone.
TRIGGERS = {
    "come": "after insert on {table} referencing new table as come",
    "gone": "after delete on {table} referencing old table as gone",
    "changed": "after update on {table} referencing old table as gone new table as come",
}


def is_told(connection: Connection) -> bool:
    """Whether all that changed since linking last read is known; makes `asked` then."""
    if not _is_known(connection):
        return False
    connection.execute(text(ASKED_SQL))
    connection.execute(text("analyze asked"))
    return True


def touch_owners(connection: Connection) -> None:
    """Name whose records changed in anything, also in what linking does not look at.

    The head of a household decides nothing about who is who, and is told of a person.
    """
    which = WAITS if _is_known(connection) else "true"
    connection.execute(text(TOUCHED_SQL.format(which=which)))


def note_read(connection: Connection) -> None:
    """Say that linking knows what its tables say now; from now on they tell of changes."""
    nodes, known = _nodes(connection), _known_nodes(connection)
    connection.execute(text("truncate identity.waiting_record"))
    for name in (name for name in READ if nodes[name] and nodes[name] != known.get(name)):
        for change, when in TRIGGERS.items():
            told = when.format(table=f"identity.{name}")
            connection.execute(
                text(
                    f"create or replace trigger record_{change} {told}"
                    " for each statement execute function"
                    f" identity.let_record_wait('{change}')"
                )
            )
    if nodes != known:
        connection.execute(text("truncate identity.read_table"))
        connection.execute(
            text("insert into identity.read_table values (:table_name, :node)"),
            [{"table_name": name, "node": node} for name, node in nodes.items()],
        )


def is_as_left(connection: Connection) -> bool:
    """Whether the tables that linking makes are those that it left."""
    nodes, known = _nodes(connection), _known_nodes(connection)
    return all(nodes[name] == known.get(name) for name in MADE)


def _is_known(connection: Connection) -> bool:
    nodes, known = _nodes(connection), _known_nodes(connection)
    return bool(nodes[READ[0]]) and nodes == known


def _known_nodes(connection: Connection) -> dict[str, int]:
    return {row.table_name: row.node for row in connection.execute(text(KNOWN_SQL))}


def _nodes(connection: Connection) -> dict[str, int]:
    """Where the server keeps each table; a table that is made anew lies somewhere else."""
    rows = connection.execute(text(NODES_SQL), {"names": [*READ, *MADE]})
    return {row.table_name: int(row.node) if row.is_table else 0 for row in rows}
