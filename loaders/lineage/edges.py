"""Edges between tables: for a table, which rows of which others its rows are made from.

Goes in: the dbt project, the statements of a release, and the database's own catalogue.
Comes out: one `Edge` per table, source and way, as SQL that joins rows of both. An edge
goes either way; it names rows by `ctid`, which every table has and no rebuild shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import Dialect, exp

from loaders.lineage.derive import IDENTIFYING, Derivation, Derive
from loaders.lineage.project import Project
from loaders.lineage.reading import UnreadableSqlError, columns_in, read_relation
from loaders.lineage.relation import Relation
from loaders.lineage.warehouse import StoredTable
from loaders.lineage.written import key_edges, published_queries

# Made once: to make it for every expression takes longer than to write most of them.
POSTGRES = Dialect.get_or_raise("postgres")


@dataclass(frozen=True)
class Edge:
    """How rows of `made` and of `source` go together; `m` and `s` are their names."""

    made: str
    source: str
    # Empty when nothing says which row goes into which: all of them play a part.
    join: str


@dataclass(frozen=True)
class Edges:
    """All edges, and the tables whose query could not be followed, with the reason."""

    edges: tuple[Edge, ...]
    unread: dict[str, str]

    def into(self, made: str) -> list[Edge]:
        """The edges by which rows of a table are made."""
        return [edge for edge in self.edges if edge.made == made]

    def out_of(self, source: str) -> list[Edge]:
        """The edges that lead from a table on."""
        return [edge for edge in self.edges if edge.source == source]


def find_edges(project: Project, stored: Mapping[str, StoredTable]) -> Edges:
    """Every edge between tables of the database; staging is where they begin."""
    queries = {
        name: (node.sql, node.keys, node.not_null)
        for name, node in project.models.items()
        # Staging is where rows meet their lines; what audit counts, nobody's row is.
        if name in stored and not name.startswith(("staging.", "audit."))
    }
    for name, query in published_queries().items():
        if name in stored:
            queries[name] = (query, (stored[name].primary_key,), ())
    made: dict[tuple[str, str], set[str]] = {}
    unread = {}
    columns_of = columns_in(stored)
    derive = Derive(project.constants)
    seeds = {name for name, node in project.nodes.items() if node.kind == "seed"}
    for name, (sql, keys, not_null) in queries.items():
        try:
            relation = read_relation(sql, columns_of)
        except UnreadableSqlError as error:
            unread[name] = str(error)
            continue
        firm = {*not_null, *(c.name for c in stored[name].columns if c.not_null)}
        certain = tuple(c for c in relation.columns if c in firm)
        # The key; where it does not follow from a single row, or there is none: what says
        # which one, else what is always there.
        identifying = tuple(c for c in certain if c.endswith(IDENTIFYING))
        of_keys = {column for key in keys for column in key}
        for wanted in map(set, (*keys, identifying, certain, relation.columns)):
            sure = firm | of_keys & wanted
            found = _joins(derive, relation, wanted, sure, stored[name].column_names)
            if any(join for joins in found.values() for join in joins):
                break
        for source, joins in found.items():
            # A seed is written by people, and the ledger speaks of files.
            if not source.startswith("audit.") and source not in seeds:
                made.setdefault((name, source), set()).update(joins)
    for name, source, join in key_edges(stored, queries):
        made.setdefault((name, source), set()).add(join)
    edges = [
        Edge(name, source, join)
        for (name, source), joins in made.items()
        for join in sorted(joins - {""} or {""})
    ]
    return Edges(tuple(sorted(edges, key=lambda edge: (edge.made, edge.source))), unread)


def _joins(
    derive: Derive,
    relation: Relation,
    wanted: set[str],
    firm: set[str],
    columns: tuple[str, ...],
) -> dict[str, set[str]]:
    """Per source, how its rows are bound to those of a table by the wanted columns."""
    joins: dict[str, set[str]] = {}
    for found in derive.traced(relation, wanted, set(relation.columns)):
        source = str(found.tables[found.target])
        joins.setdefault(source, set()).add(_join(found, wanted, firm, columns))
    return joins


def _join(
    found: Derivation, wanted: set[str], firm: set[str], columns: tuple[str, ...]
) -> str:
    """FROM and WHERE that bind a row, `m`, to its source, `s`; empty when none do."""
    bound = [
        (column, value)
        for column, value in found.outputs.items()
        if value is not None and column in columns
    ]
    naming = [value for column, value in bound if column in wanted]
    together = _component(found, naming)
    named = {c.table for value in naming for c in value.find_all(exp.Column)}
    if found.target not in together or (found.is_listed and found.target not in named):
        return ""
    # Two ways that differ in nothing but the names of their tables are one.
    names = {name: f"t{n}" for n, name in enumerate(found.tables)} | {found.target: "s"}
    tables = [
        f"{source} as {names[name]}" if isinstance(source, str) else _sql(source, names)
        for name, source in found.tables.items()
        if name in together
    ]
    where = []
    for column, value in bound:
        if {c.table for c in value.find_all(exp.Column)} <= together:
            same = "=" if column in firm else "is not distinct from"
            where.append(f'm."{column}" {same} {_sql(value, names)}')
    for condition in found.conditions:
        if {c.table for c in condition.find_all(exp.Column)} <= together:
            where.append(f"({_sql(condition, names)})")
    return f"{', '.join(tables)} where {' and '.join(where)}"


def _component(found: Derivation, bound: list[exp.Expr]) -> set[str]:
    """The tables that conditions bind to the columns that identify the model's row."""
    groups = [{c.table for c in value.find_all(exp.Column)} for value in bound]
    together = set().union(*groups) if groups else set()
    links = [
        {c.table for c in condition.find_all(exp.Column)} for condition in found.conditions
    ]
    for name, source in found.tables.items():
        if isinstance(source, exp.Expr):
            links.append({name, *(c.table for c in source.find_all(exp.Column))})
    grown = True
    while grown:
        grown = False
        for link in links:
            if link & together and not link <= together:
                together |= link
                grown = True
    return together


def _sql(expression: exp.Expr, names: Mapping[str, str]) -> str:
    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return exp.column(node.name, table=names[node.table], quoted=True)
        if isinstance(node, exp.TableAlias):
            node.set("this", exp.to_identifier(names[node.name]))
        return node

    # What a transformation gives is a copy already.
    return expression.transform(change).sql(dialect=POSTGRES, copy=False)
