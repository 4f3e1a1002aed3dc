"""Column by column: what a value was taken from, and whether it was taken as it was.

Goes in: the queries of all tables. Comes out, for a column: the columns of tables that no
query makes (landing, seeds, what Python writes) whose values went into it. A column that
was only asked about, in a condition or a comparison, gives nothing of itself away.
"""

from __future__ import annotations

from collections.abc import Mapping

from loaders.lineage.reading import ColumnsOf, UnreadableSqlError, read_relation
from loaders.lineage.relation import Relation, Use
from loaders.lineage.values import lateral_values, values_of

Leaf = tuple[str, str]


class ColumnLineage:
    """Asks queries where columns come from; each query is read once, when it is needed."""

    def __init__(self, queries: Mapping[str, str], columns_of: ColumnsOf) -> None:
        self.queries = queries
        self.columns_of = columns_of
        self.read: dict[str, Relation | None] = {}
        self.known: dict[tuple[int, str], frozenset[Leaf]] = {}

    def leaves(self, table: str, column: str) -> frozenset[Leaf] | None:
        """Where a column's values come from; None for a query that cannot be followed.

        A column of a table without a query is its own source.
        """
        if table not in self.queries:
            return frozenset({(table, column)})
        relation = self._relation(table)
        return None if relation is None else self._of(relation, column)

    def tables(self, table: str) -> frozenset[str]:
        """All tables without a query from which any column's values come."""
        columns = self.columns_of(table)
        found = [self.leaves(table, column) or frozenset() for column in columns]
        return frozenset(leaf[0] for leaves in found for leaf in leaves)

    def _relation(self, table: str) -> Relation | None:
        if table not in self.read:
            try:
                self.read[table] = read_relation(self.queries[table], self.columns_of)
            except UnreadableSqlError:
                self.read[table] = None
        return self.read[table]

    def _of(self, relation: Relation, column: str) -> frozenset[Leaf]:
        key = (id(relation), column)
        if key not in self.known:
            self.known[key] = frozenset()
            found: set[Leaf] = set()
            for branch in relation.branches:
                value = branch.outputs.get(column)
                for part in values_of(value) if value is not None else ():
                    if part.table in branch.uses:
                        found |= self._of_use(
                            branch.uses[part.table], part.name, branch.uses
                        )
            self.known[key] = frozenset(found)
        return self.known[key]

    def _of_use(self, use: Use, column: str, beside: Mapping[str, Use]) -> frozenset[Leaf]:
        if isinstance(use.source, Relation):
            return self._of(use.source, column)
        if isinstance(use.source, str):
            return self.leaves(use.source, column) or frozenset()
        found: set[Leaf] = set()
        for value in lateral_values(use, column):
            for part in values_of(value):
                if part.table in beside:
                    found |= self._of_use(beside[part.table], part.name, beside)
        return frozenset(found)
