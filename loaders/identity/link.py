"""Decide who is who: from person records to persons, in one deterministic pass.

Goes in: `identity.source_person`. Comes out: `identity.person_link`, `person_ledger` and
`review_task`. The result is a function of the current records alone: any order and split of
the same deliveries ends in the same persons with the same ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from loaders.identity.bands import edges_beyond_doubt
from loaders.identity.clusters import Clusters
from loaders.identity.ledger import LedgerChange, issue_person_id, prepare, write_people
from loaders.identity.normalise import lay_out
from loaders.identity.reviews import Task, gather_tasks, task_id
from loaders.identity.rules import METHODS, Edge, find_edges
from loaders.identity.standing import weigh_numbers
from loaders.identity.workbench import Workbench

Report = Callable[[str], None]

RECORDS_SQL = """
select
    source.n, record.claim, source.record_key, source.source_system, source.source_table,
    coalesce(source.org_code, ''), source.native_id, coalesce(source.native_part, ''),
    source.first_delivery_on, record.id_key, record.insurance_number
from source
left join record on source.n = record.n
order by source.n
"""
# What holds the records of one claim together, and how sure that is.
WITHIN_CLAIM = (
    ("same_id", 0.9999), ("same_insurance_number", 0.9998), ("same_health_index", 0.9995),
)  # fmt: skip


@dataclass(frozen=True)
class LinkSummary:
    """What a run of the linking step came to, in counts."""

    records: int
    set_aside: int
    persons: int
    links_by_rule: Mapping[str, int]
    reviews_by_kind: Mapping[str, int]
    ledger: LedgerChange

    def __str__(self) -> str:
        reviews = sum(self.reviews_by_kind.values())
        return (
            f"{self.records} records are {self.persons} persons"
            f" ({self.set_aside} set aside, {reviews} questions open);"
            f" ids issued {self.ledger.issued}, retired {self.ledger.retired},"
            f" reinstated {self.ledger.reinstated};"
            f" links changed {self.ledger.links_changed}"
        )


@dataclass(frozen=True)
class Decision:
    """Rows for the three tables, ready to write."""

    links: list[tuple[object, ...]]
    tasks: list[tuple[object, ...]]
    links_by_rule: Mapping[str, int]
    reviews_by_kind: Mapping[str, int]


def link_people(engine: Engine, run_id: int, report: Report) -> LinkSummary:
    """Link all person records and write the outcome in one transaction."""
    prepare(engine)
    with engine.begin() as connection:
        bench = lay_out(connection)
        try:
            decision = _decide(bench, report)
        finally:
            bench.duck.close()
        ledger = write_people(connection, run_id, None, decision.links, decision.tasks)
    counts = decision.links_by_rule
    return LinkSummary(
        records=len(decision.links),
        set_aside=counts.get("set_aside", 0),
        persons=counts.get("first_record", 0),
        links_by_rule=counts,
        reviews_by_kind=decision.reviews_by_kind,
        ledger=ledger,
    )


def _decide(bench: Workbench, report: Report) -> Decision:
    claims = bench.claims
    numbers = weigh_numbers(claims.values())
    edges, overlays = find_edges(bench, numbers.standing, report)
    edges += [Edge(a, b, "same_id", probability) for a, b, probability in numbers.links]
    clusters = Clusters(claims, numbers.standing)
    refused = clusters.join_all(edges)
    report(f"rules: {len(claims)} different claims, {len(edges)} pairs linked")
    # Splink takes seconds to import; nothing else in the project needs it.
    from loaders.identity.splink_model import score_pairs

    scored = score_pairs(bench, numbers.standing, clusters.labels(), report)
    certain = edges_beyond_doubt(scored, clusters)
    refused += clusters.join_all(certain)
    report(f"model: {len(scored)} likely pairs, {len(certain)} of them beyond doubt")
    tasks = gather_tasks(
        claims, clusters, numbers.contested, numbers.newborns, overlays, refused, scored
    )
    contested = {claim for pair in numbers.contested for claim in pair}
    numbers_contested = {claims[claim].id_key for claim in contested}
    by_rule: Counter[str] = Counter()
    links = []
    for row in _link_rows(bench, clusters, numbers_contested):
        by_rule[str(row[8])] += 1
        links.append(row)
    return Decision(
        links, _task_rows(bench, tasks), by_rule, Counter(task.kind for task in tasks)
    )


def _link_rows(
    bench: Workbench, clusters: Clusters, contested: set[str | None]
) -> Iterator[tuple[object, ...]]:
    rows = bench.duck.execute(RECORDS_SQL).fetchall()
    key_of = {row[0]: str(row[2]) for row in rows}
    spanning = clusters.spanning_links()
    clusters_by_claim = clusters.labels()
    person_of = {
        cluster: issue_person_id(key_of[cluster])
        for cluster in sorted(set(clusters_by_claim.values()))
    }
    for n, claim, *key, first_delivery_on, id_key, insurance_number in rows:
        if claim is None:
            how: tuple[object, ...] = (None, "set_aside", "set_aside", None, None)
        else:
            person_id = person_of[clusters_by_claim[claim]]
            if n != claim:
                held_by = 0 if id_key else 1 if insurance_number else 2
                rule, probability = WITHIN_CLAIM[held_by]
                how = (person_id, METHODS[rule], rule, probability, key_of[claim])
            elif claim in spanning:
                edge = spanning[claim]
                how = (
                    person_id, METHODS[edge.rule], edge.rule, round(edge.probability, 6),
                    key_of[edge.a],
                )  # fmt: skip
            else:
                how = (person_id, "first", "first_record", 1, None)
        yield (*key, *how, first_delivery_on, id_key is not None and id_key in contested)


def _task_rows(bench: Workbench, tasks: list[Task]) -> list[tuple[object, ...]]:
    known = dict(
        (row[0], (str(row[1]), row[2]))
        for row in bench.duck.execute(
            "select n, record_key, first_delivery_on from source"
        ).fetchall()
    )
    rows: list[tuple[object, ...]] = []
    for task in tasks:
        (key_a, on_a), (key_b, on_b) = sorted((known[task.a], known[task.b]))
        rows.append(
            (
                task_id(task.kind, key_a, key_b), task.kind, key_a, key_b,
                None if task.probability is None else round(task.probability, 6),
                task.reason, task.evidence_json(), max(on_a, on_b),
            )
        )  # fmt: skip
    return rows
