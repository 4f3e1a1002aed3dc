"""Which rows of a table a row of a model was made from, as a question that SQL can answer.

Goes in: the `Relation` of a model. Comes out: `Derivation` objects. Each names tables, one
of them the target, and the conditions under which its row goes into a row of the model.
What a set of rows decides together (a sum, a place in an order) is left out of the
conditions, so that a derivation names every source and at times one that lost a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, product

from sqlglot import exp

from loaders.lineage.plan import Plan
from loaders.lineage.relation import Branch, Relation, aliases_in

# Nodes of an expression beyond which it is not worth comparing: the rest binds enough.
LARGEST = 300
# How the names of columns end that say which one.
IDENTIFYING = ("_id", "_key", "_number", "_ordinal", "_no", "_id_a", "_id_b")
Outputs = dict[str, exp.Expr | None]


@dataclass
class Derivation:
    """Tables by the names they have here, what binds them, and columns that come out."""

    tables: dict[str, str | exp.Expr]
    conditions: list[exp.Expr]
    outputs: Outputs
    target: str = ""
    # The target's rows come in only as a list of what there is, such as all kinds of
    # source: no single one of them is named.
    is_listed: bool = False


@dataclass
class Derive:
    """Finds derivations; `constants` has columns of tables that hold one value only."""

    constants: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def traced(
        self, source: Relation | str, wanted: set[str], welcome: set[str]
    ) -> list[Derivation]:
        """One derivation per table that the source reads and way on which it does so.

        `wanted` are the columns that must come out; those that are only `welcome` do when
        no further table has to be read for them.
        """
        if isinstance(source, str):
            (found,) = self.projected(source, wanted, welcome)
            found.target = next(iter(found.tables))
            return [found]
        return [
            derivation
            for branch in source.branches
            for alias, use in branch.uses.items()
            if not isinstance(use.source, exp.Expr) and not _only_decides(branch, alias)
            for derivation in self._assembled(branch, wanted, welcome, alias)
        ]

    def projected(
        self, source: Relation | str, wanted: set[str], welcome: set[str]
    ) -> list[Derivation]:
        """The ways in which the source's columns come about; without a target."""
        if isinstance(source, str):
            name = f"t{next(self.numbers)}"
            fixed = self.constants.get(source, {})
            outputs: Outputs = {
                column: exp.Literal.string(fixed[column])
                if column in fixed
                else exp.column(column, table=name, quoted=True)
                for column in wanted | welcome
            }
            return [Derivation({name: source}, [], outputs)]
        return [
            derivation
            for branch in source.branches
            for derivation in self._assembled(branch, wanted, welcome, None)
        ]

    def _assembled(
        self, branch: Branch, wanted: set[str], welcome: set[str], pivot: str | None
    ) -> list[Derivation]:
        plan = Plan(branch, wanted, welcome, pivot)
        ways: dict[str, list[Derivation]] = {}
        for alias in plan.included:
            source = branch.uses[alias].source
            if not isinstance(source, exp.Expr):
                found = self.traced if alias == pivot else self.projected
                ways[alias] = found(source, plan.needed[alias], plan.welcome[alias])
        made = (
            self._joined(branch, plan, dict(zip(ways, chosen, strict=True)), pivot)
            for chosen in product(*ways.values())
        )
        return [derivation for derivation in made if derivation is not None]

    def _joined(
        self,
        branch: Branch,
        plan: Plan,
        chosen: dict[str, Derivation],
        pivot: str | None,
    ) -> Derivation | None:
        """One way put together; None when its conditions contradict each other."""
        values: dict[tuple[str, str], exp.Expr | None] = {
            (alias, column): value
            for alias, part in chosen.items()
            for column, value in part.outputs.items()
        }
        tables = {n: t for part in chosen.values() for n, t in part.tables.items()}
        conditions = [c for part in chosen.values() for c in part.conditions]
        for alias in plan.laterals:
            name = f"t{next(self.numbers)}"
            item = _replaced(branch.uses[alias].source, values)  # type: ignore[arg-type]
            if item is None:
                return None
            item.args["alias"].set("this", exp.to_identifier(name))
            tables[name] = item
            for column in branch.uses[alias].columns:
                values[alias, column] = exp.column(column, table=name, quoted=True)
        for condition in plan.conditions:
            bound = _replaced(condition, values)
            truth = _truth(bound)
            if truth is False:
                return None
            if bound is not None and truth is None:
                conditions.append(bound)
        outputs = {name: _replaced(value, values) for name, value in plan.outputs.items()}
        if _is_contradiction(conditions):
            return None
        made = Derivation(tables, conditions, outputs)
        if pivot:
            made.target = chosen[pivot].target
            made.is_listed = chosen[pivot].is_listed or _is_list(branch)
        return made


def _only_decides(branch: Branch, alias: str) -> bool:
    """Whether a use says which rows stay by what its rows decided one after the other.

    Like a place in an order it gives nothing of itself, and is no source of its own.
    """
    source = branch.uses[alias].source
    return (
        isinstance(source, Relation)
        and source.is_repeated
        and not any(alias in aliases_in(value) for value in branch.outputs.values())
    )


def _is_list(branch: Branch) -> bool:
    """Whether rows become one by columns of which none identifies anything."""
    if branch.one_per is None:
        return False
    columns = {c.name for part in branch.one_per for c in part.find_all(exp.Column)}
    return not any(column.endswith(IDENTIFYING) for column in columns)


def _is_contradiction(conditions: list[exp.Expr]) -> bool:
    """Whether a column must equal something and be null: the join of what is not there."""
    missing = {
        condition.this.sql()
        for condition in [given.unnest() for given in conditions]
        if isinstance(condition, exp.Is)
        and isinstance(condition.expression, exp.Null)
        and not condition.args.get("negate")
    }
    # Mostly nothing is; to write out what is compared takes far longer than to see that.
    return bool(missing) and any(
        side.sql() in missing
        for condition in conditions
        if isinstance(condition, exp.EQ)
        for side in (condition.left, condition.right)
        if isinstance(side, exp.Column)
    )


def _replaced(
    expression: exp.Expr | None, values: dict[tuple[str, str], exp.Expr | None]
) -> exp.Expr | None:
    """The expression over tables in place of uses; None when it does not follow.

    What comes out may be part of `values`: nobody changes what follows from a branch.
    """
    if expression is None:
        return None
    # Most are no more than a column, and then there is no tree to go through and to copy.
    alone = [expression] if isinstance(expression, exp.Column) else []
    instead: dict[tuple[str, str], exp.Expr] = {}
    size = 0
    for column in alone or expression.find_all(exp.Column):
        place = column.table, column.name
        value = values.get(place)
        size += 1 if value is None or isinstance(value, exp.Column) else _size(value)
        if value is None or size > LARGEST:
            return None
        plain = isinstance(value, (exp.Column, exp.Literal, exp.Null, exp.Paren))
        instead[place] = value if plain else exp.paren(value)
    if alone:
        return instead[place]

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return instead[node.table, node.name].copy()
        return node

    return expression.transform(change)


def _size(expression: exp.Expr) -> int:
    return sum(1 for _ in expression.walk())


def _truth(condition: exp.Expr | None) -> bool | None:
    """Whether a comparison of two constants holds; None for every other condition."""
    if isinstance(condition, exp.EQ):
        sides = [_constant(condition.left), _constant(condition.right)]
        if None not in sides:
            return sides[0] == sides[1]
    return None


def _constant(side: exp.Expr) -> str | None:
    side = side.unnest()
    while isinstance(side, exp.Cast):
        side = side.this.unnest()
    return str(side.this) if isinstance(side, exp.Literal) else None
