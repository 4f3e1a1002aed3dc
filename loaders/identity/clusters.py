"""Clusters that no edge can push past what must stay apart.

Goes in: claims, what their numbers prove, edges. Comes out: persons. Edges are taken from
the strongest to the weakest, ties by the records' own order, so the result does not depend
on the order of arrival; two clusters join only when nothing in one contradicts the other.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from typing import NamedTuple

from loaders.identity.compare import (
    OTHER_NAMES,
    BirthLevel,
    NameLevel,
    birth_level,
    name_level,
)
from loaders.identity.life import Life, binds, joined
from loaders.identity.person_name import PersonName
from loaders.identity.rules import RANKS, Edge
from loaders.identity.standing import near_numbers

Face = tuple[PersonName, date | None]


class Facts(NamedTuple):
    """What a member of a cluster brings with it: numbers, faces, whom it must not meet."""

    proven: frozenset[str] = frozenset()
    unproven: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    faces: frozenset[Face] = frozenset()
    strangers: frozenset[int] = frozenset()
    life: Life | None = None


class Clusters:
    """Members in clusters, each cluster known by its first member.

    Members are claims where rules join them, and rule clusters where the model does.
    """

    def __init__(self, members: Mapping[int, Facts]) -> None:
        self._first = {member: member for member in members}
        self._facts = dict(members)
        self._edges: list[Edge] = []

    def cluster_of(self, claim: int) -> int:
        """The first claim of the cluster that a claim is in."""
        known = self._first
        first = known[claim]
        if known[first] == first:
            return first
        while known[first] != first:
            first = known[first]
        while known[claim] != first:
            known[claim], claim = first, known[claim]
        return first

    def labels(self) -> dict[int, int]:
        """Every claim's cluster."""
        return {claim: self.cluster_of(claim) for claim in self._first}

    def facts(self, cluster: int) -> Facts:
        """What all members of a cluster together bring."""
        return self._facts[self.cluster_of(cluster)]

    def conflict(self, one: int, other: int) -> str | None:
        """Why two clusters can never be one person, None when nothing forbids it."""
        return self._conflict(self.cluster_of(one), self.cluster_of(other))

    def _conflict(self, a: int, b: int) -> str | None:
        if a == b:
            return None
        mine, theirs = self._facts[a], self._facts[b]
        if (mine.strangers or theirs.strangers) and self._are_strangers(a, b):
            return "known_to_be_two"
        # A steward may have joined two numbers in one person; who has one of them fits.
        if not (mine.proven <= theirs.proven or theirs.proven <= mine.proven):
            return "different_valid_numbers"
        if mine.barred & theirs.proven or theirs.barred & mine.proven:
            return "number_of_another"
        if not _unproven_agree(mine, theirs) or not _unproven_agree(theirs, mine):
            return "different_numbers"
        if any(_are_two_people(*pair) for pair in product(mine.faces, theirs.faces)):
            return "name_and_birth_differ"
        if mine.life and theirs.life:
            return mine.life.contradiction(theirs.life)
        return None

    def join_all(self, edges: Iterable[Edge]) -> list[tuple[Edge, str]]:
        """Join along edges, strongest first; returns those that were refused, and why."""
        refused = []
        for edge in sorted(edges, key=_strength):
            a, b = self.cluster_of(edge.a), self.cluster_of(edge.b)
            if a == b:
                continue
            reason = self._conflict(a, b)
            # What a steward has decided binds, whatever the records say.
            if reason and _keeps_apart(reason, edge.rule):
                refused.append((edge, reason))
            else:
                self._join(edge, min(a, b), max(a, b))
        return refused

    def spanning_links(self) -> dict[int, Edge]:
        """For every claim but the first of its cluster, the edge that ties it to the rest.

        Walked from the first claim outwards, so `a` of each edge is nearer to it than `b`.
        """
        neighbours: dict[int, list[tuple[int, Edge]]] = defaultdict(list)
        for edge in self._edges:
            neighbours[edge.a].append((edge.b, edge))
            neighbours[edge.b].append((edge.a, edge))
        links: dict[int, Edge] = {}
        for first in sorted({self.cluster_of(member) for member in neighbours}):
            reached, waiting = {first}, deque([first])
            while waiting:
                near = waiting.popleft()
                for far, edge in neighbours[near]:
                    if far not in reached:
                        reached.add(far)
                        waiting.append(far)
                        links[far] = Edge(
                            near, far, edge.rule, edge.probability, edge.weight
                        )
        return links

    def _are_strangers(self, a: int, b: int) -> bool:
        mine, theirs = self._facts[a].strangers, self._facts[b].strangers
        return any(self.cluster_of(one) == b for one in mine) or any(
            self.cluster_of(one) == a for one in theirs
        )

    def _join(self, edge: Edge, a: int, b: int) -> None:
        self._first[b] = a
        mine, theirs = self._facts[a], self._facts.pop(b)
        self._facts[a] = Facts(
            mine.proven | theirs.proven,
            mine.unproven | theirs.unproven,
            mine.barred | theirs.barred,
            mine.faces | theirs.faces,
            mine.strangers | theirs.strangers,
            joined(mine.life, theirs.life),
        )
        self._edges.append(edge)


def _keeps_apart(reason: str, rule: str) -> bool:
    if rule == "steward":
        return reason == "known_to_be_two"
    return binds(reason, rule)


def _unproven_agree(mine: Facts, theirs: Facts) -> bool:
    if not mine.unproven:
        return True
    return all(
        near_numbers(one, other)
        for one, other in product(mine.unproven, theirs.unproven | theirs.proven)
    )


def _strength(edge: Edge) -> tuple[int, float, float, int, int]:
    return (RANKS[edge.rule], -edge.weight, -edge.probability, edge.a, edge.b)


def _are_two_people(one: Face, other: Face) -> bool:
    if one[1] == other[1]:
        return False
    birth = birth_level(one[1], other[1])
    if birth is not BirthLevel.DIFFERENT:
        return False
    # A newborn's provisional name and a grown person's say nothing but that they are two.
    return name_level(one[0], other[0]) in OTHER_NAMES | {NameLevel.NEWBORN}
