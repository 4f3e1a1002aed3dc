"""Edges found once for a state of the project and kept until something has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from loaders.lineage.edges import Edge, Edges, find_edges
from loaders.lineage.project import Project
from loaders.lineage.warehouse import StoredTable
from loaders.release.publish import CONTENT
from loaders.settings import Settings

CODE = Path(__file__).parent


def edges_of(
    settings: Settings, project: Project, stored: Mapping[str, StoredTable]
) -> Edges:
    """All edges of the warehouse as it is."""
    digest = _digest(project, stored)
    kept = settings.dbt_folder / "edges.json"
    if kept.is_file():
        document = json.loads(kept.read_text("utf-8"))
        if document["digest"] == digest:
            return Edges(tuple(Edge(**e) for e in document["edges"]), document["unread"])
    edges = find_edges(project, stored)
    document = {"digest": digest} | asdict(edges)
    unfinished = kept.with_suffix(".new")
    unfinished.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    unfinished.replace(kept)
    return edges


def _digest(project: Project, stored: Mapping[str, StoredTable]) -> str:
    digest = hashlib.sha256(project.digest.encode())
    for path in (*sorted(CODE.glob("*.py")), CONTENT):
        digest.update(path.read_bytes())
    for name, table in sorted(stored.items()):
        digest.update(repr((name, table.is_view, table.columns)).encode())
    return digest.hexdigest()
