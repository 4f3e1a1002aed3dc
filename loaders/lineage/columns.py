"""Column by column: what a value was taken from, and whether it was taken as it was.

Goes in: the queries of all tables. Comes out, for a column: the columns of tables that no
query makes (landing, seeds, what Python writes) whose values went into it. A column that
was only asked about, in a condition or a comparison, gives nothing of itself away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from loaders.lineage.reading import ColumnsOf, UnreadableSqlError, read_relation
from loaders.lineage.relation import Relation, Use

# Values that say how many or whether, or whether the same, and not what.
SAYS_NOTHING = (
    exp.Predicate, exp.Not, exp.And, exp.Or, exp.Count, exp.LogicalOr, exp.LogicalAnd,
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Boolean, exp.Length, exp.MD5,
)  # fmt: skip

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
                for part in _values(value) if value is not None else ():
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
        for value in _lateral_values(use, column):
            for part in _values(value):
                if part.table in beside:
                    found |= self._of_use(beside[part.table], part.name, beside)
        return frozenset(found)


def _values(expression: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose values can come out of an expression."""
    if isinstance(expression, exp.Column):
        yield expression
    elif isinstance(expression, exp.Case):
        for branch in expression.args["ifs"]:
            yield from _values(branch.args["true"])
        if expression.args.get("default"):
            yield from _values(expression.args["default"])
    elif isinstance(expression, (exp.Window, exp.Filter, exp.Nullif)):
        yield from _values(expression.this)
    elif isinstance(expression, exp.Query) or isinstance(expression, SAYS_NOTHING):
        return
    else:
        for child in expression.iter_expressions():
            yield from _values(child)


def _lateral_values(use: Use, column: str) -> list[exp.Expr]:
    """What a column of a lateral list of values can be; of a function, its arguments."""
    source = use.source
    if not isinstance(source, exp.Expr):
        return []
    values = source if isinstance(source, exp.Values) else source.find(exp.Values)
    if values is None:
        return [child for child in source.iter_expressions()]
    place = use.columns.index(column)
    return [
        row.expressions[place] if isinstance(row, exp.Tuple) else row
        for row in values.expressions
    ]
