"""What a query reads, as relations that can be followed from a column back to a table.

Goes in: the compiled SQL of a model. Comes out: a `Relation`, one `Branch` per part of a
union: what it reads, the conditions that bind the parts, and where each column comes from.
Nothing is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

ColumnsOf = Callable[[str], tuple[str, ...]]
SET_FUNCTIONS = ("_agg", "percentile_cont", "percentile_disc", "bit_or", "bit_and", "mode")
ROW_FUNCTIONS = ("_to_table", "_to_set", "_each", "_elements", "generate_series")
MANY_ROWS = (exp.AggFunc, exp.Window, exp.Query, exp.WithinGroup, exp.Unnest, exp.Explode)


class UnreadableSqlError(Exception):
    """The query says something that this module cannot follow; the message says what."""


@dataclass(frozen=True)
class Use:
    """Something that a branch reads: a table by its name, a relation, or a lateral item."""

    source: str | Relation | exp.Expr
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """What must hold; `only_with` names the use without which it need not."""

    says: exp.Expr
    only_with: str = ""

    @property
    def names(self) -> set[str]:
        """The uses that must be there for the condition to mean anything."""
        return aliases_in(self.says) | ({self.only_with} - {""})


@dataclass
class Branch:
    """One select: columns in conditions and outputs are `alias.column` of its uses."""

    uses: dict[str, Use] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    outputs: dict[str, exp.Expr] = field(default_factory=dict)
    # What else must be there for a use to be joined: the others that its condition names.
    joined_by: dict[str, set[str]] = field(default_factory=dict)
    # Rows that are equal in these expressions become one; None when every row stays one.
    one_per: list[exp.Expr] | None = None


@dataclass(eq=False)
class Relation:
    """The branches of a union, which all have the columns of the first."""

    branches: list[Branch]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.branches[0].outputs)


def read_relation(sql: str, columns_of: ColumnsOf) -> Relation:
    """The relation that a query is; `columns_of` knows the columns of tables.

    Raises: UnreadableSqlError.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except SqlglotError as error:
        raise UnreadableSqlError(str(error).splitlines()[0]) from None
    return _query(tree, {}, columns_of)


def aliases_in(expression: exp.Expr) -> set[str]:
    """The uses that an expression names."""
    return {column.table for column in expression.find_all(exp.Column)}


def is_of_one_row(expression: exp.Expr) -> bool:
    """Whether a value follows from one row of each use, not from a set of rows."""
    for node in expression.walk():
        if isinstance(node, MANY_ROWS):
            return False
        if isinstance(node, exp.Anonymous):
            if str(node.this).lower().endswith(SET_FUNCTIONS + ROW_FUNCTIONS):
                return False
    return True


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The parts of a condition that must all hold; what is always true is left out."""
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from conjuncts(condition.left)
        yield from conjuncts(condition.right)
    elif not (isinstance(condition, exp.Boolean) and condition.this):
        yield condition


def _query(node: exp.Expr, scope: dict[str, Relation], columns_of: ColumnsOf) -> Relation:
    node = node.unnest() if isinstance(node, (exp.Subquery, exp.Paren)) else node
    if not isinstance(node, exp.Query):
        raise UnreadableSqlError(f"{node.key} where a query is expected")
    scope = dict(scope)
    for cte in node.ctes:
        scope[cte.alias] = _query(cte.this, scope, columns_of)
    if isinstance(node, exp.SetOperation):
        left = _query(node.left, scope, columns_of)
        if not isinstance(node, exp.Union):
            return left
        right = _query(node.right, scope, columns_of)
        return Relation(left.branches + [_renamed(b, left.columns) for b in right.branches])
    if not isinstance(node, exp.Select):
        raise UnreadableSqlError(f"a query of kind {node.key}")
    return Relation([_Reading(scope, columns_of).branch(node)])


def _renamed(branch: Branch, names: tuple[str, ...]) -> Branch:
    outputs = dict(zip(names, branch.outputs.values(), strict=True))
    return replace(branch, outputs=outputs)


class _Reading:
    """Reads one select."""

    def __init__(self, scope: dict[str, Relation], columns_of: ColumnsOf) -> None:
        self.scope = scope
        self.columns_of = columns_of
        self.read = Branch()

    def branch(self, select: exp.Select) -> Branch:
        self.sources(select)
        for expression in select.expressions:
            self.output(expression)
        if group := select.args.get("group"):
            self.read.one_per = [self.grouped_by(part) for part in group.expressions]
        elif select.args.get("distinct"):
            self.read.one_per = list(self.read.outputs.values())
        return self.read

    def grouped_by(self, part: exp.Expr) -> exp.Expr:
        """What a part of GROUP BY means: a number and a new name stand for an output."""
        if isinstance(part, exp.Literal) and not part.is_string:
            return list(self.read.outputs.values())[int(part.name) - 1]
        if isinstance(part, exp.Column) and not part.table:
            owners = [a for a, use in self.read.uses.items() if part.name in use.columns]
            if not owners and part.name in self.read.outputs:
                return self.read.outputs[part.name]
        return self.qualified(part)

    def sources(self, select: exp.Select) -> None:
        """What the select reads and under which conditions."""
        read_from = select.args.get("from_") or select.args.get("from")
        if read_from:
            self.add(read_from.this)
        joins = select.args.get("joins") or ()
        for join in joins:
            if join.args.get("using"):
                raise UnreadableSqlError("a join by using")
            self.add(join.this)
        for join in joins:
            alias = join.this.alias_or_name
            before = len(self.read.conditions)
            for part in conjuncts(join.args.get("on")):
                self.condition(part, alias if join.side else "")
            named = [condition.names for condition in self.read.conditions[before:]]
            self.read.joined_by[alias] = set().union(*named)
        where = select.args.get("where")
        for part in conjuncts(where.this if where else None):
            self.condition(part)

    def add(self, source: exp.Expr) -> None:
        alias = source.alias_or_name
        names = tuple(source.alias_column_names)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            known = None if source.db else self.scope.get(source.name)
            name = f"{source.db}.{source.name}"
            use = Use(known, known.columns) if known else Use(name, self.columns_of(name))
        elif isinstance(source, exp.Subquery):
            inner = _query(source.this, self.scope, self.columns_of)
            use = Use(inner, inner.columns)
        elif isinstance(source, (exp.Lateral, exp.Values, exp.Unnest, exp.Table)):
            if source.find(exp.Select):
                raise UnreadableSqlError("a lateral query")
            use = Use(self.qualified(source), names or (alias,))
        else:
            raise UnreadableSqlError(f"from a {source.key}")
        if alias in self.read.uses:
            raise UnreadableSqlError("one name for two sources")
        self.read.uses[alias] = use

    def condition(self, part: exp.Expr, only_with: str = "") -> None:
        inner = part.this.unnest() if isinstance(part, exp.Exists) else None
        if isinstance(inner, exp.Select) and _is_plain(inner):
            self.sources(inner)
            return
        query = part.args.get("query") if isinstance(part, exp.In) else None
        if query is not None:
            relation = _query(query, self.scope, self.columns_of)
            alias = f"in_{len(self.read.uses)}"
            self.read.uses[alias] = Use(relation, relation.columns)
            member = exp.column(relation.columns[0], table=alias)
            part = exp.EQ(this=part.this.copy(), expression=member)
        self.read.conditions.append(Condition(self.qualified(part), only_with))

    def output(self, expression: exp.Expr) -> None:
        if isinstance(expression, exp.Star):
            for alias in self.read.uses:
                self.star(alias)
        elif isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
            self.star(expression.table)
        else:
            value = expression.unalias()
            self.read.outputs[expression.alias_or_name] = self.qualified(value)

    def star(self, alias: str) -> None:
        for name in self.read.uses[alias].columns:
            self.read.outputs[name] = exp.column(name, table=alias, quoted=True)

    def qualified(self, expression: exp.Expr) -> exp.Expr:
        """A copy with every column under the use that has it; inner queries are left."""

        def change(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and not node.table:
                return exp.column(node.name, table=self.owner(node.name), quoted=True)
            return node

        if expression.find(exp.Select):
            return expression.copy()
        return expression.copy().transform(change)

    def owner(self, column: str) -> str:
        owners = [a for a, use in self.read.uses.items() if column in use.columns]
        if len(owners) != 1:
            raise UnreadableSqlError(f"column {column} of {len(owners)} sources")
        return owners[0]


def _is_plain(select: exp.Select) -> bool:
    return not any(select.args.get(word) for word in ("group", "having", "limit", "with_"))
