"""What a steward should look at, as pairs of records with the reason and no values.

Goes in: everything that linking left undecided. Comes out: one task per pair of persons,
the gravest; what ended up as one person after all is no task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loaders.identity.bands import HIGHEST_PROBABILITY
from loaders.identity.clusters import Clusters
from loaders.identity.compare import birth_level, name_level
from loaders.identity.rules import Edge, Pair
from loaders.identity.splink_model import ScoredPair
from loaders.identity.workbench import Claim

# Evidence so strong that two valid numbers on one person become thinkable.
TWO_NUMBERS_PROBABILITY = 0.9999


@dataclass(frozen=True, slots=True)
class Task:
    """A question for a steward about two claims."""

    kind: str
    a: int
    b: int
    probability: float | None
    reason: str
    evidence: Mapping[str, str | float]

    def evidence_json(self) -> str:
        return json.dumps(self.evidence, sort_keys=True)


def task_id(kind: str, record_key_a: str, record_key_b: str) -> str:
    """The same question has the same number in every run."""
    text = "\n".join((kind, record_key_a, record_key_b))
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def gather_tasks(
    claims: Mapping[int, Claim],
    clusters: Clusters,
    contested: Iterable[Pair],
    newborns: Iterable[Pair],
    overlays: Iterable[Pair],
    refused: Iterable[tuple[Edge, str]],
    scored: Iterable[ScoredPair],
) -> list[Task]:
    """All open questions, each once."""
    plain: list[tuple[str, Pair, str]] = []
    plain += [("contested_id", pair, "two_people_one_number") for pair in contested]
    plain += [("newborn", pair, "birth_date_unknown") for pair in newborns]
    plain += [("overlay", pair, "one_person_to_the_system") for pair in overlays]
    plain += [
        ("overlay", (edge.a, edge.b), f"{edge.rule}_but_{reason}")
        for edge, reason in refused
        if edge.rule != "model"
    ]
    found = [_plain(kind, pair, reason, claims) for kind, pair, reason in plain]
    found += [task for pair in scored if (task := _from_score(pair, claims, clusters))]
    best: dict[tuple[int, int], Task] = {}
    for task in found:
        ends = sorted((clusters.cluster_of(task.a), clusters.cluster_of(task.b)))
        if ends[0] != ends[1]:
            best.setdefault((ends[0], ends[1]), task)
    return [best[key] for key in sorted(best)]


def _plain(kind: str, pair: Pair, reason: str, claims: Mapping[int, Claim]) -> Task:
    a, b = sorted(pair)
    one, other = claims[a], claims[b]
    evidence: dict[str, str | float] = {
        "name": name_level(one.name, other.name).value,
        "birth_date": birth_level(one.born_on, other.born_on).value,
        "sex": _sex_level(one.sex_code, other.sex_code),
    }
    return Task(kind, a, b, None, reason, evidence)


def _sex_level(one: str | None, other: str | None) -> str:
    if not one or not other:
        return "missing"
    return "same" if one == other else "different"


def _from_score(
    pair: ScoredPair, claims: Mapping[int, Claim], clusters: Clusters
) -> Task | None:
    one, other = claims[pair.claim_a], claims[pair.claim_b]
    conflict = clusters.conflict(pair.claim_a, pair.claim_b)
    is_newborn = one.name.is_newborn or other.name.is_newborn
    reason = conflict or ("newborn" if is_newborn else "not_certain_enough")
    if conflict == "different_valid_numbers":
        levels = pair.levels
        contacts = levels["phone"] == "shared" or levels["address"] == "same_house"
        if not contacts or levels["name"] != "exact":
            # Strangers of one name and birthday are not a question.
            return None
    elif conflict == "number_of_another" and not is_newborn:
        # The contested number has its own task.
        return None
    evidence: dict[str, str | float] = {**pair.levels, "weight": round(pair.weight, 2)}
    kind = "newborn" if is_newborn else "possible_duplicate"
    a, b = sorted((pair.claim_a, pair.claim_b))
    return Task(kind, a, b, min(pair.probability, HIGHEST_PROBABILITY), reason, evidence)
