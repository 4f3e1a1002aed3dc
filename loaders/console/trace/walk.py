"""Walking along edges, from rows to their sources or from a source to what it reached.

Goes in: rows of a table, by their place in it. Comes out: rows of every table on the way.
A step asks for the few rows in hand; no table is read for its own sake.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from loaders.lineage.edges import Edge, Edges
from loaders.lineage.warehouse import StoredTable

# More rows of one table than anybody will read: the walk names them and goes no further.
MOST = 50_000


@dataclass
class Reached:
    """Rows of every table that was reached, by place; and where the walk broke off."""

    rows: dict[str, set[str]] = field(default_factory=dict)
    # Tables of which every row plays a part.
    whole: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Walk:
    """Walks in one warehouse; all in one transaction, for places change with a rebuild."""

    connection: Connection
    edges: Edges
    stored: Mapping[str, StoredTable]

    def back(self, table: str, places: set[str]) -> Reached:
        """All rows from which these rows were made, in every table up to staging."""
        return self._walk(table, places, back=True)

    def forward(self, table: str, places: set[str]) -> Reached:
        """All rows into which these rows went."""
        return self._walk(table, places, back=False)

    def find(self, table: str, condition: str, values: tuple[object, ...]) -> set[str]:
        """The places of the rows of a table that meet a condition on `x`."""
        place = _place(self.stored[table], "x")
        rows = self.connection.exec_driver_sql(
            f"select {place} from {_named(table)} as x where {condition}", values
        )
        return set(rows.scalars())

    def _walk(self, table: str, places: set[str], back: bool) -> Reached:
        reached = Reached({table: set(places)})
        waiting = deque([(table, set(places))])
        while waiting:
            here, new = waiting.popleft()
            edges = self.edges.into(here) if back else self.edges.out_of(here)
            beside: dict[str, list[Edge]] = {}
            for edge in edges:
                beside.setdefault(edge.source if back else edge.made, []).append(edge)
            for there, ways in beside.items():
                joins = [edge for edge in ways if edge.join]
                if not joins:
                    reached.whole.add(there)
                    continue
                found = self._step(joins, new, back)
                known = reached.rows.setdefault(there, set())
                fresh = found - known
                known |= fresh
                if len(known) > MOST:
                    reached.cut.add(there)
                elif fresh:
                    waiting.append((there, fresh))
        reached.rows = {name: rows for name, rows in reached.rows.items() if rows}
        return reached

    def _step(self, edges: list[Edge], places: set[str], back: bool) -> set[str]:
        made, source = self.stored[edges[0].made], self.stored[edges[0].source]
        m, s = _place(made, "m"), _place(source, "s")
        wanted, given, given_table = (s, "m", made) if back else (m, "s", source)
        query = "\nunion\n".join(
            f"select {wanted} as place from {edge.made} as m, {edge.join}"
            f" and {_is_given(given_table, given)}"
            for edge in edges
        ).replace("%", "%%")
        values = {"places": sorted(places)}
        rows = self.connection.exec_driver_sql(query.replace(GIVEN, "%(places)s"), values)
        return set(rows.scalars())


GIVEN = "/* the places in hand */"


def _named(table: str) -> str:
    schema, _, name = table.partition(".")
    return f'{schema}."{name}"'


def _place(table: StoredTable, alias: str) -> str:
    # A view has no places: a row of it is known by what it says.
    return f"md5({alias}::text)" if table.is_view else f"{alias}.ctid::text"


def _is_given(table: StoredTable, alias: str) -> str:
    if table.is_view:
        return f"md5({alias}::text) = any({GIVEN})"
    return f"{alias}.ctid = any(cast({GIVEN} as tid[]))"
