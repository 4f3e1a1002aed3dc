"""Read a query: from SQL to relations that can be followed from a column back to a table.

Goes in: the compiled SQL of a model, and the columns of the tables that it can read. Comes
out: a `Relation`. Nothing is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from loaders.lineage.outer import one_sided
from loaders.lineage.recursion import is_recursive, repeated
from loaders.lineage.relation import (
    Branch,
    Condition,
    Relation,
    Use,
    aliases_in,
    conjuncts,
)
from loaders.lineage.values import as_values, is_computed
from loaders.lineage.warehouse import StoredTable

ColumnsOf = Callable[[str], tuple[str, ...]]


class UnreadableSqlError(Exception):
    """The query says something that this module cannot follow; the message says what."""


def columns_in(stored: Mapping[str, StoredTable]) -> ColumnsOf:
    """The columns of the tables of a database; any other table makes a query unreadable."""

    def columns_of(name: str) -> tuple[str, ...]:
        if name not in stored:
            raise UnreadableSqlError(f"there is no table {name}")
        return stored[name].column_names

    return columns_of


def read_relation(sql: str, columns_of: ColumnsOf) -> Relation:
    """The relation that a query is; `columns_of` knows the columns of tables.

    Raises: UnreadableSqlError.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except SqlglotError as error:
        raise UnreadableSqlError(str(error).splitlines()[0]) from None
    return _query(tree, {}, columns_of)


def _query(node: exp.Expr, scope: dict[str, Relation], columns_of: ColumnsOf) -> Relation:
    node = node.unnest() if isinstance(node, (exp.Subquery, exp.Paren)) else node
    if not isinstance(node, exp.Query):
        raise UnreadableSqlError(f"{node.key} where a query is expected")
    scope = dict(scope)
    for cte in node.ctes:
        read, what = (_recursive, cte) if is_recursive(cte) else (_query, cte.this)
        scope[cte.alias] = read(what, scope, columns_of)
    if isinstance(node, exp.SetOperation):
        left = _query(node.left, scope, columns_of)
        if not isinstance(node, exp.Union):
            return left
        right = _query(node.right, scope, columns_of)
        return Relation(left.branches + [_renamed(b, left.columns) for b in right.branches])
    if not isinstance(node, exp.Select):
        raise UnreadableSqlError(f"a query of kind {node.key}")
    branch = _Reading(scope, columns_of).branch(node)
    return Relation([branch, *one_sided(node, branch)])


def _recursive(cte: exp.CTE, scope: dict[str, Relation], columns_of: ColumnsOf) -> Relation:
    if not isinstance(cte.this, exp.Union):
        raise UnreadableSqlError("a query that reads itself without a start")
    found = repeated(
        _query(cte.this.left, scope, columns_of),
        lambda former: _query(cte.this.right, scope | {cte.alias: former}, columns_of),
    )
    if found is None:
        raise UnreadableSqlError("recursion in which one column becomes another")
    return found


def _renamed(branch: Branch, names: tuple[str, ...]) -> Branch:
    outputs = dict(zip(names, branch.outputs.values(), strict=True))
    return replace(branch, outputs=outputs)


class _Reading:
    """Reads one select."""

    def __init__(
        self,
        scope: dict[str, Relation],
        columns_of: ColumnsOf,
        around: dict[str, Use] | None = None,
    ) -> None:
        self.scope = scope
        self.columns_of = columns_of
        self.around = around or {}
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
            beside = self.read.joined_by.get(alias, set())
            self.read.joined_by[alias] = beside.union(*named)
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
        elif isinstance(source, exp.Lateral) and source.find(exp.Select):
            query = source.this.unnest()
            if not is_computed(query):
                self.inner(alias, query, names)
                return
            names = names or tuple(query.named_selects)
            use = Use(self.qualified(as_values(query, alias, names)), names)
        elif isinstance(source, (exp.Lateral, exp.Values, exp.Unnest, exp.Table)):
            use = Use(self.qualified(source), names or (alias,))
        else:
            raise UnreadableSqlError(f"from a {source.key}")
        if alias in self.read.uses:
            raise UnreadableSqlError("one name for two sources")
        self.read.uses[alias] = use

    def inner(self, alias: str, query: exp.Expr, names: tuple[str, ...]) -> None:
        """A query that names what stands beside it: what binds the two is lifted out."""
        if not isinstance(query, exp.Select) or query.ctes or alias in self.read.uses:
            raise UnreadableSqlError("a lateral query of another kind than select")
        around = self.around | self.read.uses
        branch = _Reading(self.scope, self.columns_of, around).branch(query)
        own = set(branch.uses)
        if any(aliases_in(value) - own for value in branch.outputs.values()):
            raise UnreadableSqlError("a lateral query that gives back what it was given")
        names = names or tuple(branch.outputs)
        branch = _renamed(branch, names)
        lifted = [c for c in branch.conditions if aliases_in(c.says) - own]
        branch.conditions = [c for c in branch.conditions if c not in lifted]
        for condition in lifted:
            outside = condition.says.copy()
            for column in list(outside.find_all(exp.Column)):
                if column.table in own:
                    exposed = f"{column.table}.{column.name}"
                    branch.outputs[exposed] = column.copy()
                    column.replace(exp.column(exposed, table=alias, quoted=True))
            self.read.conditions.append(Condition(outside, alias))
            beside = self.read.joined_by.setdefault(alias, set())
            beside |= aliases_in(outside) & self.read.uses.keys()
        self.read.uses[alias] = Use(Relation([branch]), names)

    def condition(self, part: exp.Expr, only_with: str = "") -> None:
        inner = part.this.unnest() if isinstance(part, exp.Exists) else None
        if isinstance(inner, exp.Select):
            self.inner(f"exists_{len(self.read.uses)}", inner.select(append=False), ())
            return
        query = part.args.get("query") if isinstance(part, exp.In) else None
        if query is not None:
            relation = _query(query, self.scope, self.columns_of)
            alias = f"in_{len(self.read.uses)}"
            member = exp.column(relation.columns[0], table=alias, quoted=True)
            part = exp.EQ(this=self.qualified(part.this), expression=member)
            # Nothing outside the condition may call it by name.
            self.read.uses[alias] = Use(relation, ())
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
        if not owners:
            owners = [a for a, use in self.around.items() if column in use.columns]
        if len(owners) != 1:
            raise UnreadableSqlError(f"column {column} of {len(owners)} sources")
        return owners[0]
