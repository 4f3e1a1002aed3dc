"""What values are computed from: expressions, and rows computed beside other rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from loaders.lineage.relation import Use

# Values that say how many or whether, or whether the same, and not what.
SAYS_NOTHING = (
    exp.Predicate, exp.Not, exp.And, exp.Or, exp.Count, exp.LogicalOr, exp.LogicalAnd,
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Boolean, exp.Length, exp.MD5,
)  # fmt: skip


def values_of(expression: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose values can come out of an expression."""
    if isinstance(expression, exp.Column):
        yield expression
    elif isinstance(expression, exp.Case):
        for branch in expression.args["ifs"]:
            yield from values_of(branch.args["true"])
        if expression.args.get("default"):
            yield from values_of(expression.args["default"])
    elif isinstance(expression, (exp.Window, exp.Filter, exp.Nullif)):
        yield from values_of(expression.this)
    elif isinstance(expression, exp.Query) or isinstance(expression, SAYS_NOTHING):
        return
    else:
        for child in expression.iter_expressions():
            yield from values_of(child)


def lateral_values(use: Use, column: str) -> list[exp.Expr]:
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


def is_computed(query: exp.Expr) -> bool:
    """Whether a select reads nothing: one row, computed from what stands beside it."""
    said = {name for name, value in query.args.items() if value}
    return isinstance(query, exp.Select) and said == {"expressions"}


def as_values(query: exp.Expr, alias: str, names: tuple[str, ...]) -> exp.Lateral:
    """Such a select as a lateral list of values, which says the same."""
    row = exp.Tuple(expressions=[part.unalias().copy() for part in query.expressions])
    return exp.Lateral(
        this=exp.Subquery(this=exp.Values(expressions=[row])),
        alias=exp.TableAlias(
            this=exp.to_identifier(alias), columns=list(map(exp.to_identifier, names))
        ),
    )
