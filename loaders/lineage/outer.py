"""Outer joins: besides the rows of both sides, those that only one of them has.

A left join needs it only where a column is taken from either side: whoever looks for the
rows of a value must find those whose value the other side told.

Goes in: a select and the branch that it was read to, in which both sides are there. Comes
out: a branch for either side alone, the columns of the other being null.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from loaders.lineage.relation import Branch


def one_sided(select: exp.Select, branch: Branch) -> Iterator[Branch]:
    """The branches of the rows that have no partner; none where no join is full."""
    read_from = select.args.get("from_")
    left = {read_from.this.alias_or_name} if read_from else set()
    for join in select.args.get("joins") or ():
        right = join.this.alias_or_name
        if join.side == "FULL":
            yield _without(branch, {right})
            yield _without(branch, left)
        elif join.side == "LEFT" and _stands_in(branch, right):
            yield _without(branch, {right})
        left = left | {right}


def _stands_in(branch: Branch, right: str) -> bool:
    """Whether a column is told by the joined side or, where it has no row, by another."""
    for output in branch.outputs.values():
        names = {column.table for column in output.find_all(exp.Column)}
        if isinstance(output, exp.Coalesce) and right in names and len(names) > 1:
            return True
    return False


def _without(branch: Branch, missing: set[str]) -> Branch:
    def change(node: exp.Expr) -> exp.Expr:
        is_missing = isinstance(node, exp.Column) and node.table in missing
        return exp.Null() if is_missing else node

    return replace(
        branch,
        uses={a: use for a, use in branch.uses.items() if a not in missing},
        # What is asked of the missing side is asked of nothing.
        conditions=[c for c in branch.conditions if not c.names & missing],
        outputs={n: v.copy().transform(change) for n, v in branch.outputs.items()},
        joined_by={
            alias: beside - missing
            for alias, beside in branch.joined_by.items()
            if alias not in missing
        },
        one_per=branch.one_per
        and [part.copy().transform(change) for part in branch.one_per],
    )
