"""Which rows of which table are meant, from words as people type them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loaders.console.trace.walk import Walk
from loaders.failure import ExpectedFailure
from loaders.lineage.project import Project
from loaders.lineage.warehouse import LAYERS, StoredTable

# A single key may be that of any of these, whatever is unique in the table.
WELL_KNOWN = ("record_key", "event_id", "encounter_id", "case_id", "person_id")


class NothingToTraceError(ExpectedFailure):
    """There is no such table or row; the message says what a key looks like."""


def table_named(word: str, stored: Mapping[str, StoredTable]) -> str:
    """A table by its name, or by the end of it: `indicators.value`, `record.encounter`.

    Raises: NothingToTraceError.
    """
    schema, _, name = word.rpartition(".")
    found = [
        known
        for known in stored
        if known.partition(".")[0] in ((schema,) if schema else LAYERS)
        and (known.partition(".")[2] == name or known.endswith(f"_{name}"))
    ]
    exact = [known for known in found if known.partition(".")[2] == name]
    if len(exact or found) != 1:
        raise NothingToTraceError(
            f"{len(exact or found)} tables are called {word}. Give the schema and the name,"
            " such as record.encounter or indicators.value; a line is given as FILE:LINE."
        )
    return (exact or found)[0]


def rows_asked(walk: Walk, project: Project, table: str, keys: Sequence[str]) -> set[str]:
    """The places of the rows with a key: values in the order of the key, or COLUMN=VALUE.

    Fewer values than the key has columns mean all rows that begin so.
    Raises: NothingToTraceError.
    """
    stored = walk.stored[table]
    ways = _keys(project, stored)
    words = " or ".join("+".join(way) for way in ways)
    if not keys:
        raise NothingToTraceError(f"Give a key of {table}, which is {words}.")
    named = [key.partition("=") for key in keys]
    columns = set(stored.column_names)
    if all(equals and column in columns for column, equals, _ in named):
        conditions = [_equal(stored, [column for column, _, _ in named])]
        values = tuple(value for _, _, value in named)
    else:
        fitting = [way for way in ways if len(way) >= len(keys)]
        single = [way for way in fitting if len(way) == len(keys)]
        chosen = single or fitting[:1]
        if not chosen:
            raise NothingToTraceError(f"A key of {table} is {words}.")
        conditions = [_equal(stored, way[: len(keys)]) for way in chosen]
        values = tuple(keys) * len(chosen)
    places = walk.find(table, " or ".join(f"({c})" for c in conditions), values)
    if not places:
        raise NothingToTraceError(f"{table} has no row with this key; it is {words}.")
    return places


def _keys(project: Project, stored: StoredTable) -> list[tuple[str, ...]]:
    node = project.nodes.get(stored.name)
    ways = [*(node.keys if node else ()), stored.primary_key]
    ways += [(name,) for name in WELL_KNOWN if name in stored.column_names]
    return [way for way in dict.fromkeys(ways) if way] or [stored.column_names]


def _equal(stored: StoredTable, columns: Sequence[str]) -> str:
    types = {column.name: column.type for column in stored.columns}
    return " and ".join(
        f'x."{column}"{"" if types[column] == "text" else "::text"} = %s'
        for column in columns
    )
