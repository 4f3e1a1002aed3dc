"""What a steward should look at, as pairs of records with the reason and no values.

Goes in: what rules found odd, and scored pairs that were left apart. Comes out: one task
per pair of persons, the gravest; what ended up as one person after all is no task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from loaders.identity.bands import HIGHEST_PROBABILITY, ScoredPair
from loaders.identity.clusters import Clusters
from loaders.identity.compare import birth_level, name_level
from loaders.identity.contradictions import find_contradictions, find_joined_numbers
from loaders.identity.linked import Links
from loaders.identity.people import People
from loaders.identity.rules import Edge, Pair
from loaders.identity.standing import SharedNumbers
from loaders.identity.workbench import Claim

# The gravest first: of two questions about the same two persons the first is asked.
KINDS = ("contested_id", "newborn", "overlay", "possible_duplicate")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules found odd about two claims."""

    kind: str
    a: int
    b: int
    reason: str
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about two records of two persons, before the gravest is chosen."""

    kind: str
    record_key_a: str
    record_key_b: str
    probability: float | None
    reason: str
    evidence: Mapping[str, str | float]


def task_id(kind: str, record_key_a: str, record_key_b: str) -> str:
    """The same question has the same number in every run."""
    words = "\n".join((kind, record_key_a, record_key_b))
    return hashlib.blake2b(words.encode(), digest_size=10).hexdigest()


def find_questions(
    claims: Mapping[int, Claim],
    numbers: SharedNumbers,
    overlays: Iterable[Pair],
    refused: Iterable[tuple[Edge, str]],
) -> list[Finding]:
    """What the rules could not decide."""
    plain: list[tuple[str, Pair, str]] = []
    plain += [("contested_id", pair, "two_people_one_number") for pair in numbers.contested]
    plain += [("newborn", pair, "birth_date_unknown") for pair in numbers.newborns]
    plain += [("overlay", pair, "one_person_to_the_system") for pair in overlays]
    plain += [
        # Of a steward's own word too: other decisions stand against it.
        ("overlay", (edge.a, edge.b), f"{edge.rule}_but_{reason}")
        for edge, reason in refused
    ]
    return [_finding(kind, pair, reason, claims) for kind, pair, reason in plain]


def gather_tasks(people: People, links: Links) -> list[tuple[object, ...]]:
    """All open questions in which a record in scope has a part, as rows of `review_task`.

    But for those that `contradicted` asks.
    """
    best: dict[tuple[str, str], tuple[tuple[Any, ...], tuple[object, ...]]] = {}

    def ask(question: Question, persons: Pair | tuple[str, str], seen: object) -> None:
        a, b = sorted((question.record_key_a, question.record_key_b))
        rank = (
            KINDS.index(question.kind), question.probability is not None,
            -(question.probability or 0), question.reason, a, b,
        )  # fmt: skip
        row = (
            task_id(question.kind, a, b), question.kind, a, b, question.probability,
            question.reason, json.dumps(question.evidence, sort_keys=True), seen,
        )  # fmt: skip
        one, other = sorted(map(str, persons))
        if (one, other) not in best or rank < best[one, other][0]:
            best[one, other] = rank, row

    for kind, a, b, reason, evidence, *persons, seen in links.findings():
        question = Question(kind, a, b, None, reason, json.loads(evidence))
        ask(question, (persons[0], persons[1]), seen)
    questions = list(_of_scores(people.pairs, people.clusters))
    known = links.owners(
        {key for one in questions for key in (one.record_key_a, one.record_key_b)}
    )
    for question in questions:
        one, since = known[question.record_key_a]
        other, then = known[question.record_key_b]
        ask(question, (one, other), max(since, then))
    rows = [row for _, row in best.values()]
    rows += [
        _without_evidence("too_large_cluster", a, b, "too_many_records", seen)
        for a, b, seen in links.too_many()
    ]
    return rows


def contradicted(connection: Connection, *, everybody: bool) -> list[tuple[object, ...]]:
    """Questions about persons whose own records rule one another out.

    Needs the links of this run to be written, and the temporary table `link_scope`.
    """
    asked: dict[tuple[str, str], tuple[object, ...]] = {}
    for one in (
        *find_contradictions(connection, everybody=everybody),
        *find_joined_numbers(connection, everybody=everybody),
    ):
        # What one life rules out is asked first, and asks about the numbers as well.
        a, b = one.record_key_a, one.record_key_b
        row = _without_evidence("overlay", a, b, one.reason, one.first_seen_on)
        asked.setdefault((a, b), row)
    return list(asked.values())


def _without_evidence(
    kind: str, a: str, b: str, reason: str, seen: object
) -> tuple[object, ...]:
    return (task_id(kind, a, b), kind, a, b, None, reason, "{}", seen)


def _finding(kind: str, pair: Pair, reason: str, claims: Mapping[int, Claim]) -> Finding:
    a, b = sorted(pair)
    one, other = claims[a], claims[b]
    evidence = {
        "name": name_level(one.name, other.name).value,
        "birth_date": birth_level(one.born_on, other.born_on).value,
        "sex": _sex_level(one.sex_code, other.sex_code),
    }
    return Finding(kind, a, b, reason, evidence)


def _sex_level(one: str | None, other: str | None) -> str:
    if not one or not other:
        return "missing"
    return "same" if one == other else "different"


def _of_scores(pairs: Iterable[ScoredPair], clusters: Clusters) -> Iterator[Question]:
    for pair in pairs:
        if clusters.cluster_of(pair.a) == clusters.cluster_of(pair.b):
            continue
        conflict = clusters.conflict(pair.a, pair.b)
        if conflict == "known_to_be_two":
            continue
        is_newborn = "provisional" in pair.levels["name"] or any(
            name.is_newborn
            for member in (pair.a, pair.b)
            for name, _ in clusters.facts(member).faces
        )
        reason = conflict or ("newborn" if is_newborn else "not_certain_enough")
        if conflict == "different_valid_numbers":
            levels = pair.levels
            contacts = levels["phone"] == "shared" or levels["address"] == "same_house"
            if not contacts or levels["name"] != "exact":
                # Strangers of one name and birthday are not a question.
                continue
        elif conflict == "number_of_another" and not is_newborn:
            # The contested number has its own task.
            continue
        yield Question(
            "newborn" if is_newborn else "possible_duplicate",
            pair.record_key_a,
            pair.record_key_b,
            round(min(pair.probability, HIGHEST_PROBABILITY), 6),
            reason,
            {**pair.levels, "weight": round(pair.weight, 2)},
        )
