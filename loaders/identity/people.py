"""From rule clusters and scored pairs to persons.

Goes in: the evidence of everybody, or of the clusters that a change could touch. Comes out:
the table `person_of_cluster` of the workbench (clusters with their persons, and by which
pair), and the clustering itself for whoever asks why two of them are not one.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from loaders.identity.bands import ScoredPair, edges_beyond_doubt
from loaders.identity.clusters import Clusters
from loaders.identity.evidence import Evidence
from loaders.identity.ledger import issue_person_id
from loaders.identity.rules import Edge
from loaders.identity.workbench import put_table

OWNER_COLUMNS = {
    "cluster": "bigint", "head": "text", "person_id": "text", "method": "text",
    "rule": "text", "probability": "real", "linked_to": "text",
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Clusters by their number, which follows the order of their first records."""

    clusters: Clusters
    pairs: list[ScoredPair]
    refused: list[tuple[Edge, str]]
    linked: int
    persons: int


def decide_people(duck: duckdb.DuckDBPyConnection, evidence: Evidence) -> People:
    """Decide which clusters are one person."""
    pairs = sorted(evidence.pairs, key=lambda pair: (-pair.weight, pair.a, pair.b))
    clusters = Clusters(evidence.facts)
    edges = edges_beyond_doubt(pairs, clusters)
    refused = clusters.join_all(edges)
    persons = _lay_out_owners(duck, evidence, clusters)
    return People(clusters, pairs, refused, len(edges) - len(refused), persons)


def _lay_out_owners(
    duck: duckdb.DuckDBPyConnection, evidence: Evidence, clusters: Clusters
) -> int:
    keys = {
        (pair.a, pair.b): (pair.record_key_a, pair.record_key_b) for pair in evidence.pairs
    }
    ties = clusters.spanning_links()
    persons: dict[int, str] = {}
    rows = []
    for n, (cluster, head, _) in enumerate(evidence.heads):
        root = clusters.cluster_of(n)
        if root not in persons:
            persons[root] = issue_person_id(*evidence.heads[root][1:])
        how: tuple[object, ...] = ("first", "first_record", 1.0, None)
        if n in ties:
            tie = ties[n]
            low, high = keys[min(tie.a, tie.b), max(tie.a, tie.b)]
            near = low if tie.a < tie.b else high
            how = ("probabilistic", tie.rule, round(tie.probability, 6), near)
        rows.append((cluster, head, persons[root], *how))
    put_table(duck, "person_of_cluster", OWNER_COLUMNS, rows)
    return len(persons)
