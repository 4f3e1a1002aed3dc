"""What a query is made of: uses of other tables, conditions between them, and outputs.

A `Relation` has one `Branch` per part of a union. Columns in it are those of its uses, so
that a column can be followed back, use by use, to a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

SET_FUNCTIONS = ("_agg", "percentile_cont", "percentile_disc", "bit_or", "bit_and", "mode")
ROW_FUNCTIONS = ("_to_table", "_to_set", "_each", "_elements", "generate_series")
MANY_ROWS = (exp.AggFunc, exp.Window, exp.Query, exp.WithinGroup, exp.Unnest, exp.Explode)


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
    # Reads its own rows, so that what they are is decided step by step by all of them.
    is_repeated: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.branches[0].outputs)


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
