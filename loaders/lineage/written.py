"""Edges into tables that no dbt model makes: what a release writes, and what linking does.

The statements of a release are read like models. For the rest the column names speak: in
the whole warehouse a record key, a person id or a cluster has one name, and one table in
which it is unique.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from loaders.lineage.project import Project
from loaders.lineage.warehouse import StoredTable
from loaders.release import publish
from loaders.release.difference import CASES, INDICATORS, VALUES

# What a column of this name points to, and the column there; the first that fits counts.
POINTERS = (
    (re.compile(r"(\w+_)?record_key(_[ab])?"), "identity.source_person", "record_key"),
    (re.compile(r"(\w+_)?person_id(_[ab])?"), "identity.person_link", "person_id"),
    (re.compile(r"(cluster|kin|record_no)(_[ab])?"), "identity.record_state", ""),
    (re.compile(r"(\w+_)?decision_id|act_id"), "identity.steward_decision", "decision_id"),
)
# What is kept of the work itself and says nothing that a source line said.
WITHOUT_LINES = {
    "identity.engine": "版本与设置 / settings of the linking engine",
    "identity.scoring_statement": "打分模型的语句 / the statements of the scoring model",
    "identity.link_run": "每次运行一行 / one row per run",
    "identity.link_count": "每条规则一行的记录数 / counts of records, one row per rule",
    "identity.read_table": "关联读过的表 / the tables that linking has read",
    "published.release": "每次发布一行 / one row per release",
}
STATEMENT = re.compile(r"create temporary table (\w+) on commit drop as\n(.*?);\n", re.S)


def published_queries() -> dict[str, str]:
    """What fills each published table, by the table's name."""
    statements = dict(STATEMENT.findall(Path(publish.CONTENT).read_text("utf-8")))
    return {what.table: statements[what.new] for what in (INDICATORS, VALUES, CASES)}


def without_lines(project: Project) -> dict[str, str]:
    """Tables of which no row comes from a line, each with the reason."""
    seeds = {name for name, node in project.nodes.items() if node.kind == "seed"}
    found = dict(WITHOUT_LINES)
    reads = {name: set(node.reads) for name, node in project.models.items()}
    for name, query in published_queries().items():
        reads[name] = {table for table in project.nodes if f"{table}\n" in f"{query}\n"}
        reads[name] |= {table for table in project.nodes if f"{table} " in query}
    for name, read in reads.items():
        if all(table in seeds or table.startswith("audit.") for table in read):
            found[name] = "由种子与台账得出 / made of seeds and the ledger of files"
    return found


def key_edges(
    stored: Mapping[str, StoredTable], known: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Table, source and join for every table that is not in `known`, which have a query."""
    for name, table in stored.items():
        schema = name.partition(".")[0]
        if name in known:
            continue
        if schema == "identity":
            yield from _pointers(name, table, stored)
        elif schema == "published":
            yield from _same_key(name, table, stored)


def _pointers(
    name: str, table: StoredTable, stored: Mapping[str, StoredTable]
) -> Iterator[tuple[str, str, str]]:
    for pattern, target, column in POINTERS:
        own = [c for c in table.column_names if pattern.fullmatch(c)]
        if not own or target not in stored or target == name:
            continue
        for pointer in own:
            there = column or re.sub("_[ab]$", "", pointer)
            yield name, target, f'{target} as s where m."{pointer}" = s."{there}"'
        return


def _same_key(
    name: str, table: StoredTable, stored: Mapping[str, StoredTable]
) -> Iterator[tuple[str, str, str]]:
    """A table whose key holds the whole key of another one speaks of its rows."""
    for other, there in stored.items():
        key = there.primary_key
        if other != name and other.startswith("published.") and len(key) > 1:
            if set(key) <= set(table.primary_key):
                same = " and ".join(f'm."{c}" = s."{c}"' for c in key)
                yield name, other, f"{other} as s where {same}"
