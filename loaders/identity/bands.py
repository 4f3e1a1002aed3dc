"""Which scored pairs link by themselves, and which a person must look at.

Goes in: scored pairs of clusters. Comes out: edges for the pairs beyond doubt; every other
likely pair is for review. A high score is not enough: it must rest on more than a name, a
birthday and a sex, which strangers share, and there must be no rival for the same place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loaders.identity.clusters import Clusters
from loaders.identity.compare import WHOLE_NAMES
from loaders.identity.rules import Edge

AUTO_PROBABILITY = 0.999
# A rival within so many bits (64 to 1) makes the choice a guess.
RIVAL_MARGIN = 6.0
# What a probability is stored as at most: nothing that is scored is certain.
HIGHEST_PROBABILITY = 0.999999

WHOLE = {level.value for level in WHOLE_NAMES}
OWN_NUMBER = {"same", "typo"}


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two clusters, the two records that speak most for their being one, and how much."""

    a: int
    b: int
    record_key_a: str
    record_key_b: str
    weight: float
    probability: float
    levels: Mapping[str, str]


def edges_beyond_doubt(pairs: Iterable[ScoredPair], clusters: Clusters) -> list[Edge]:
    """The pairs that may link without anybody looking."""
    possible = [pair for pair in pairs if not clusters.conflict(pair.a, pair.b)]
    rivals = _rivalled(possible, clusters)
    return [
        Edge(
            pair.a,
            pair.b,
            "model",
            min(pair.probability, HIGHEST_PROBABILITY),
            pair.weight,
        )
        for pair in possible
        if pair.probability >= AUTO_PROBABILITY
        and _is_well_founded(pair.levels)
        and (pair.a, pair.b) not in rivals
    ]


def _is_well_founded(levels: Mapping[str, str]) -> bool:
    number = levels["id_number"] in OWN_NUMBER
    supports = [
        levels["phone"] == "shared",
        levels["address"] in ("same_house", "same_village", "town_only"),
        number,
        levels["id_number"] == "excel_damage",
    ]
    needed = 1
    if levels["name"] not in WHOLE:
        # One character apart is how twins and brothers are named; what a newborn is called
        # fits its twin. Only a lost character beside a nearly right number leaves no doubt.
        if not number or levels["name"] != "lost_character":
            return False
        needed = 2
    if levels["birth_date"] in ("missing", "different"):
        return False
    if levels["birth_date"] != "exact":
        needed = 2
    if levels["sex"] == "different":
        needed = 2
    return sum(supports) >= needed


def _rivalled(pairs: list[ScoredPair], clusters: Clusters) -> set[tuple[int, int]]:
    """Pairs of which one side has a nearly as good partner that excludes the other."""
    partners: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for pair in pairs:
        partners[pair.a].append((pair.weight, pair.b))
        partners[pair.b].append((pair.weight, pair.a))
    rivalled = set()
    for cluster, found in partners.items():
        for weight, partner in found:
            if any(
                other != partner
                and other_weight >= weight - RIVAL_MARGIN
                and clusters.conflict(partner, other)
                for other_weight, other in found
            ):
                rivalled.add((min(cluster, partner), max(cluster, partner)))
    return rivalled
