"""The dbt project as it is now: its models with their compiled SQL, columns and keys.

Goes in: the settings. Comes out: a `Project`. dbt compiles it when a file of the project
has changed since the last time; what came out is kept beside dbt's other files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from loaders.settings import Settings
from loaders.transform import DBT_PROJECT, invoke_dbt

KINDS = (".sql", ".yml", ".csv")
# The columns that say from which line a row of staging was read.
LINE = {"_file_id", "_line_number"}


@dataclass(frozen=True)
class Node:
    """A table that dbt makes or reads, under its name in the database."""

    relation: str
    kind: str  # model, seed, source
    name: str
    folder: str
    description: str
    meta: dict[str, Any]
    # Per column: description, and the meta that the .yml declares.
    columns: dict[str, tuple[str, dict[str, Any]]]
    reads: tuple[str, ...] = ()
    sql: str = ""
    keys: tuple[tuple[str, ...], ...] = ()
    not_null: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """All tables of the dbt project, by `schema.table`."""

    nodes: dict[str, Node]
    digest: str = field(compare=False, default="")

    @property
    def models(self) -> dict[str, Node]:
        return {name: node for name, node in self.nodes.items() if node.kind == "model"}

    def feed_of(self, relation: str) -> str | None:
        """The feed of whose lines a model of staging has the rows; None for other models.

        Rows can come out of a cell of another model's rows: they have the same line.
        """
        node = self.nodes[relation]
        if not relation.startswith("staging.") or not LINE <= node.columns.keys():
            return None
        landed = [self.nodes[name].meta.get("feed") for name in node.reads]
        staged = [self.feed_of(name) for name in node.reads]
        return next((str(feed) for feed in landed + staged if feed), None)

    @cached_property
    def constants(self) -> dict[str, dict[str, str]]:
        """Columns of staging that say of every row the same: whose it is."""
        found = {}
        for name, node in self.models.items():
            for landed in map(self.nodes.__getitem__, node.reads):
                if landed.meta.get("feed") and "record_key" in node.columns:
                    found[name] = {
                        "source_system": str(landed.meta["system"]),
                        "source_table": str(landed.meta["table"]),
                    }
        return found


def read_project(settings: Settings) -> Project:
    """The project, compiled anew only when it has changed. Raises: TransformError."""
    digest = _digest()
    kept = settings.dbt_folder / "project.json"
    if kept.is_file():
        document = json.loads(kept.read_text("utf-8"))
        if document["digest"] == digest:
            return Project({n["relation"]: _node(n) for n in document["nodes"]}, digest)
    # What a table is made of, not what of it would be read again this time.
    command = ["compile", "--full-refresh", "--select", "resource_type:model"]
    invoke_dbt(settings, command, "Compiling", json=True)
    manifest = json.loads(
        (settings.dbt_folder / "target" / "manifest.json").read_text("utf-8")
    )
    project = Project(nodes_of(manifest), digest)
    document = {
        "digest": digest,
        "nodes": [asdict(node) for node in project.nodes.values()],
    }
    unfinished = kept.with_suffix(".new")
    unfinished.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    unfinished.replace(kept)
    return project


def nodes_of(manifest: Mapping[str, Any]) -> dict[str, Node]:
    """The tables in dbt's manifest; ephemeral models are part of those that use them."""
    everything = {**manifest["nodes"], **manifest["sources"]}
    tests: dict[str, list[Mapping[str, Any]]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            tests.setdefault(node["attached_node"], []).append(node)
    found = {}
    for key, node in everything.items():
        kind = node["resource_type"]
        if kind not in ("model", "seed", "source") or _is_ephemeral(node):
            continue
        relation = _relation(node)
        columns = {
            name: (column["description"], {**column["meta"], **column["config"]["meta"]})
            for name, column in node["columns"].items()
        }
        found[relation] = Node(
            relation,
            kind,
            node["name"],
            str(Path(node["original_file_path"]).parent),
            node["description"],
            {**node["meta"], **node["config"].get("meta", {})},
            columns,
            tuple(sorted(_tables_read(node, everything))),
            node.get("compiled_code") or "" if kind == "model" else "",
            _keys(tests.get(key, [])),
            _not_null(node, tests.get(key, [])),
        )
    return found


def _node(kept: dict[str, Any]) -> Node:
    columns = {name: (words, meta) for name, (words, meta) in kept["columns"].items()}
    keys = tuple(map(tuple, kept["keys"]))
    changed = {"columns": columns, "keys": keys, "reads": tuple(kept["reads"])}
    return Node(**kept | changed | {"not_null": tuple(kept["not_null"])})


def _relation(node: Mapping[str, Any]) -> str:
    name = node.get("alias") or node.get("identifier") or node["name"]
    return f"{node['schema']}.{name}"


def _is_ephemeral(node: Mapping[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "ephemeral")


def _tables_read(node: Mapping[str, Any], everything: Mapping[str, Any]) -> set[str]:
    """Tables read, also through ephemeral models."""
    read = set()
    for parent in node.get("depends_on", {}).get("nodes", []):
        if parent not in everything:
            continue
        if _is_ephemeral(everything[parent]):
            read |= _tables_read(everything[parent], everything)
        else:
            read.add(_relation(everything[parent]))
    return read


def _keys(tests: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """The columns that tests say are unique, single ones first."""
    keys = []
    for test in tests:
        what = test.get("test_metadata") or {}
        if what.get("name") == "unique" and test.get("column_name"):
            keys.append((str(test["column_name"]),))
        elif what.get("name") == "unique_together":
            keys.append(tuple(what["kwargs"]["columns"]))
    return tuple(sorted(keys, key=len))


def _not_null(node: Mapping[str, Any], tests: list[Mapping[str, Any]]) -> tuple[str, ...]:
    names = {
        column["name"]
        for column in node["columns"].values()
        if any(rule["type"] == "not_null" for rule in column["constraints"])
    }
    names |= {
        str(test["column_name"])
        for test in tests
        if (test.get("test_metadata") or {}).get("name") == "not_null"
    }
    return tuple(sorted(names))


def _digest() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in KINDS and path.is_file():
            # Rows of a seed change no query; its header does.
            text = path.read_bytes()
            head = text.split(b"\n", 1)[0] if path.suffix == ".csv" else text
            digest.update(f"{path.relative_to(DBT_PROJECT)}\0".encode() + head + b"\0")
    return digest.hexdigest()
