"""What of a branch takes part when one of its uses is followed, and what must come of each.

Goes in: a branch, the columns that are wanted of it and the use that is followed. Comes
out: the uses that are read for it, the conditions between them, and their columns.
"""

from __future__ import annotations

from collections import deque

from sqlglot import exp

from loaders.lineage.relation import (
    Branch,
    Condition,
    Relation,
    Use,
    aliases_in,
    is_of_one_row,
)


class Plan:
    """Which uses of a branch take part, and what of them is needed or welcome."""

    def __init__(
        self, branch: Branch, wanted: set[str], welcome: set[str], pivot: str | None
    ) -> None:
        self.branch = branch
        usable = [c for c in branch.conditions if self._follows(c.says)]
        self.outputs = {
            name: value
            for name, value in branch.outputs.items()
            if name in wanted and self._follows(value)
        }
        included = {a for value in self.outputs.values() for a in aliases_in(value)}
        included |= {pivot} if pivot else set()
        if included:
            included |= self._between(usable, included, pivot or min(included))
        waiting = list(included)
        while waiting:
            alias = waiting.pop()
            source = branch.uses[alias].source
            beside = set(branch.joined_by.get(alias, ()))
            beside |= aliases_in(source) if isinstance(source, exp.Expr) else set()
            waiting += beside - included
            included |= beside
        self.included = sorted(included)
        self.laterals = [
            a for a in self.included if isinstance(branch.uses[a].source, exp.Expr)
        ]
        self.conditions = [c.says for c in usable if c.names <= included]
        firm = [c for c in self.conditions if len(aliases_in(c)) > 1]
        firm += self.outputs.values()
        firm += [branch.uses[a].source for a in self.laterals]  # type: ignore[misc]
        self.needed = self._columns(firm)
        for name in welcome - self.outputs.keys():
            value = branch.outputs.get(name)
            if isinstance(value, exp.Column) and value.table in included:
                self.outputs[name] = value
        self.welcome = self._columns([*self.conditions, *self.outputs.values()])

    def _columns(self, expressions: list[exp.Expr]) -> dict[str, set[str]]:
        columns: dict[str, set[str]] = {alias: set() for alias in self.included}
        for expression in expressions:
            for column in expression.find_all(exp.Column):
                if column.table in columns:
                    columns[column.table].add(column.name)
        return columns

    def _follows(self, expression: exp.Expr) -> bool:
        return is_of_one_row(expression) and self._all_follow(expression)

    def _all_follow(self, expression: exp.Expr) -> bool:
        for column in expression.find_all(exp.Column):
            use = self.branch.uses[column.table]
            # A lateral item follows where that does which it is given.
            beside = isinstance(use.source, exp.Expr) and use.source is not expression
            if beside and not self._all_follow(use.source):  # type: ignore[arg-type]
                return False
            if not follows(use, column.name):
                return False
        return True

    def _between(self, usable: list[Condition], included: set[str], start: str) -> set[str]:
        """What lies between `start` and what is included, as far as conditions lead."""
        beside: dict[str, set[str]] = {alias: set() for alias in self.branch.uses}
        links = [condition.names for condition in usable]
        links += [
            {alias, *aliases_in(use.source)}
            for alias, use in self.branch.uses.items()
            if isinstance(use.source, exp.Expr) and self._follows(use.source)
        ]
        for link in links:
            for alias in link & beside.keys():
                beside[alias] |= link - {alias}
        came_from: dict[str, str] = {start: start}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for alias in sorted(beside[here] - came_from.keys()):
                came_from[alias] = here
                waiting.append(alias)
        between = set()
        for alias in included & came_from.keys():
            while alias != start:
                between.add(alias)
                alias = came_from[alias]
        return between


def follows(use: Use, column: str) -> bool:
    """Whether a value follows from one row of each table, on one branch at least."""
    if not isinstance(use.source, Relation):
        return True
    for branch in use.source.branches:
        value = branch.outputs.get(column)
        if value is not None and is_of_one_row(value):
            columns = value.find_all(exp.Column)
            if all(follows(branch.uses[c.table], c.name) for c in columns):
                return True
    return False
