"""A full join: besides the rows of both sides, those that only one of them has.

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
        left = left | {right}


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
