"""What rules decide: rule clusters of the kin groups in scope, and what they found odd.

Goes in: the workbench of a change. Comes out: the tables `standing` and `ruled_cluster` for
the model, and of these groups the state that `rule_state` writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from loaders.identity.behind import Behind
from loaders.identity.changes import Change
from loaders.identity.claim_state import write_claims
from loaders.identity.cluster_state import lay_out_clusters, lay_out_lives
from loaders.identity.clusters import Clusters, Facts
from loaders.identity.kin import find_kin
from loaders.identity.life import Life, lives_of_claims
from loaders.identity.reviews import Finding, find_questions
from loaders.identity.rule_state import (
    lay_out_findings,
    write_keys,
    write_state,
)
from loaders.identity.rules import METHODS, Edge, Pair, find_edges, find_strangers
from loaders.identity.standing import SharedNumbers, Standing, weigh_numbers
from loaders.identity.workbench import Claim, put_table

Report = Callable[[str], None]

# How sure that is which holds the records of one claim together.
WITHIN_CLAIM = {
    "same_id": 0.9999, "same_insurance_number": 0.9998, "same_health_index": 0.9995,
}  # fmt: skip
LABEL_COLUMNS = {
    "claim": "integer", "cluster": "integer", "proven": "text", "unproven": "text",
    "barred": "text",
}  # fmt: skip
NOTHING: frozenset[str] = frozenset()
NOBODY: frozenset[int] = frozenset()
TIE_COLUMNS = {
    "claim": "integer", "method": "text", "rule": "text", "probability": "real",
    "near": "integer",
}  # fmt: skip


@dataclass(frozen=True)
class Ruled:
    """What the rules came to."""

    claims: int
    links: int
    findings: list[Finding]
    clusters: Clusters


def renew_rule_clusters(
    connection: Connection, behind: Behind, change: Change, report: Report
) -> Ruled:
    """Join claims by rules, kin group by kin group, and write the state of these groups."""
    bench = change.bench
    behind.do(find_kin, bench.duck.cursor())
    behind.do(write_keys, connection, change)
    claims = bench.claims
    numbers = weigh_numbers(claims.values())
    edges, overlays = find_edges(bench, numbers.standing, report)
    edges += [Edge(a, b, "same_id", probability) for a, b, probability in numbers.links]
    strangers = find_strangers(bench)
    lives = lives_of_claims(bench.duck)
    clusters = Clusters(_facts(claims, numbers.standing, strangers, lives))
    refused = clusters.join_all(edges)
    findings = find_questions(claims, numbers, overlays, refused)
    labels = clusters.labels()
    duck = bench.duck
    put_table(
        duck, "standing", LABEL_COLUMNS,
        [(claim, labels[claim], *numbers.standing[claim]) for claim in sorted(labels)],
    )  # fmt: skip
    put_table(
        duck, "tie", TIE_COLUMNS,
        [
            (claim, METHODS[edge.rule], edge.rule, edge.probability, edge.a)
            for claim, edge in sorted(clusters.spanning_links().items())
        ],
    )  # fmt: skip
    put_table(
        duck, "within_claim", {"rule": "text", "method": "text", "probability": "real"},
        [(rule, METHODS[rule], sure) for rule, sure in WITHIN_CLAIM.items()],
    )  # fmt: skip
    put_table(duck, "contested", {"id_key": "text"}, _contested(numbers, claims))
    lay_out_findings(duck, findings)
    behind.do(write_state, connection, change)
    lay_out_lives(duck, clusters, lives, strangers)
    behind.do(lay_out_clusters, duck.cursor())
    behind.do(write_claims, connection, duck.cursor(), change.is_full)
    return Ruled(len(claims), len(claims) - len(set(labels.values())), findings, clusters)


def _facts(
    claims: Mapping[int, Claim],
    standing: Mapping[int, Standing],
    strangers: Iterable[Pair],
    lives: Mapping[int, Life],
) -> dict[int, Facts]:
    of: dict[int, set[int]] = defaultdict(set)
    for one, other in strangers:
        of[one].add(other)
        of[other].add(one)
    return {
        number: Facts(
            _one(standing[number].proven),
            _one(standing[number].unproven),
            _one(standing[number].barred),
            frozenset(((claim.name, claim.born_on),)),
            frozenset(of[number]) if number in of else NOBODY,
            lives.get(number),
        )
        for number, claim in claims.items()
    }


def _one(value: str | None) -> frozenset[str]:
    return frozenset((value,)) if value else NOTHING


def _contested(
    numbers: SharedNumbers, claims: Mapping[int, Claim]
) -> list[tuple[str | None]]:
    keys = {claims[claim].id_key for pair in numbers.contested for claim in pair}
    return [(key,) for key in sorted(filter(None, keys))]
