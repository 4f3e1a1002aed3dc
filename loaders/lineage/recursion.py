"""A query that reads its own rows: a start, and a step that is taken again and again.

Goes in: how to read both. Comes out: a `Relation` of the start's branches and the step's,
in which the step reads the start. What a step changes follows from all steps before it, as
a place in an order does from all rows, so it binds nothing; what it leaves as it is, binds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlglot import exp

from loaders.lineage.relation import Branch, Relation
from loaders.lineage.values import lateral_values, values_of


def is_recursive(cte: exp.CTE) -> bool:
    """Whether a common table expression reads itself."""
    around = cte.parent
    return (
        isinstance(around, exp.With)
        and bool(around.args.get("recursive"))
        and any(
            table.name == cte.alias and not table.db
            for table in cte.this.find_all(exp.Table)
        )
    )


def repeated(start: Relation, read_step: Callable[[Relation], Relation]) -> Relation | None:
    """Start and step as one relation; None when the step cannot be followed.

    `read_step` reads the step, given what its own name stands for.
    """
    kept = set(start.columns)
    # Each reading can only find more that changes.
    while True:
        former = _as_former_rows(start, kept)
        step = read_step(former)
        bare = [_outputs(branch, start.columns) for branch in step.branches]
        left = {
            column
            for column in kept
            if all(
                _is_kept(branch, outputs[column], former, column)
                for branch, outputs in zip(step.branches, bare, strict=True)
            )
        }
        if left == kept:
            break
        kept = left
    for branch, outputs in zip(step.branches, bare, strict=True):
        for column, value in outputs.items():
            # What one column hands to another would take a step more each time.
            if _handed(branch, value, former) - {column}:
                if not _passes_on(branch, value, former, column):
                    return None
    steps = [
        replace(branch, outputs=outputs)
        for branch, outputs in zip(step.branches, bare, strict=True)
    ]
    return Relation(start.branches + steps, is_repeated=True)


def _as_former_rows(start: Relation, kept: set[str]) -> Relation:
    return Relation(
        [
            replace(
                branch,
                outputs={
                    name: value if name in kept else exp.AnyValue(this=value.copy())
                    for name, value in _outputs(branch, start.columns).items()
                },
            )
            for branch in start.branches
        ]
    )


def _outputs(branch: Branch, names: tuple[str, ...]) -> dict[str, exp.Expr]:
    return dict(zip(names, branch.outputs.values(), strict=True))


def _former(branch: Branch, former: Relation) -> set[str]:
    """The names under which a step reads the rows before it."""
    return {alias for alias, use in branch.uses.items() if use.source is former}


def _passes_on(branch: Branch, value: exp.Expr, former: Relation, column: str) -> bool:
    return (
        isinstance(value, exp.Column)
        and value.name == column
        and value.table in _former(branch, former)
    )


def _is_kept(branch: Branch, value: exp.Expr, former: Relation, column: str) -> bool:
    """Whether a step leaves a column as it was, or only goes where it is the same."""
    names = _former(branch, former)
    if not names or _passes_on(branch, value, former, column):
        return True
    return any(
        isinstance(condition.says, exp.EQ)
        and not condition.only_with
        and value in (condition.says.left, condition.says.right)
        and any(
            _passes_on(branch, side, former, column)
            for side in (condition.says.left, condition.says.right)
        )
        for condition in branch.conditions
    )


def _handed(branch: Branch, value: exp.Expr, former: Relation) -> set[str]:
    """The columns of the rows before whose values go into a value."""

    def given(expression: exp.Expr) -> Iterator[exp.Column]:
        for column in values_of(expression):
            use = branch.uses.get(column.table)
            if use and isinstance(use.source, exp.Expr):
                for part in lateral_values(use, column.name):
                    yield from given(part)
            else:
                yield column

    names = _former(branch, former)
    return {column.name for column in given(value) if column.table in names}
