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

from loaders.identity.compare import (
    OTHER_NAMES,
    BirthLevel,
    NameLevel,
    birth_level,
    name_level,
)
from loaders.identity.person_name import PersonName
from loaders.identity.rules import RANKS, Edge
from loaders.identity.standing import Standing, near_numbers
from loaders.identity.workbench import Claim

Face = tuple[PersonName, date | None]


class Clusters:
    """Claims in clusters, each known by its first claim."""

    def __init__(
        self, claims: Mapping[int, Claim], standing: Mapping[int, Standing]
    ) -> None:
        self._first = {claim: claim for claim in claims}
        self._proven: dict[int, set[str]] = {}
        self._unproven: dict[int, set[str]] = {}
        self._barred: dict[int, set[str]] = {}
        self._faces: dict[int, set[Face]] = {}
        self._edges: list[Edge] = []
        for number, claim in claims.items():
            stands = standing[number]
            self._proven[number] = {stands.proven} if stands.proven else set()
            self._unproven[number] = {stands.unproven} if stands.unproven else set()
            self._barred[number] = {stands.barred} if stands.barred else set()
            self._faces[number] = {(claim.name, claim.born_on)}

    def cluster_of(self, claim: int) -> int:
        """The first claim of the cluster that a claim is in."""
        first = claim
        while self._first[first] != first:
            first = self._first[first]
        while self._first[claim] != first:
            self._first[claim], claim = first, self._first[claim]
        return first

    def labels(self) -> dict[int, int]:
        """Every claim's cluster."""
        return {claim: self.cluster_of(claim) for claim in self._first}

    def has_proven_number(self, cluster: int) -> bool:
        return bool(self._proven[self.cluster_of(cluster)])

    def conflict(self, one: int, other: int) -> str | None:
        """Why two clusters can never be one person, None when nothing forbids it."""
        a, b = self.cluster_of(one), self.cluster_of(other)
        if a == b:
            return None
        if self._proven[a] and self._proven[b] and self._proven[a] != self._proven[b]:
            return "different_valid_numbers"
        if self._barred[a] & self._proven[b] or self._barred[b] & self._proven[a]:
            return "number_of_another"
        if not self._unproven_agree(a, b) or not self._unproven_agree(b, a):
            return "different_numbers"
        if any(_are_two_people(*pair) for pair in product(self._faces[a], self._faces[b])):
            return "name_and_birth_differ"
        return None

    def join_all(self, edges: Iterable[Edge]) -> list[tuple[Edge, str]]:
        """Join along edges, strongest first; returns those that were refused, and why."""
        refused = []
        for edge in sorted(edges, key=_strength):
            reason = self.conflict(edge.a, edge.b)
            if reason:
                refused.append((edge, reason))
            else:
                self._join(edge)
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
        for first in sorted(set(self.labels().values())):
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

    def _unproven_agree(self, a: int, b: int) -> bool:
        return all(
            near_numbers(mine, theirs)
            for mine, theirs in product(
                self._unproven[a], self._unproven[b] | self._proven[b]
            )
        )

    def _join(self, edge: Edge) -> None:
        a, b = sorted((self.cluster_of(edge.a), self.cluster_of(edge.b)))
        if a == b:
            return
        self._first[b] = a
        for values in (self._proven, self._unproven, self._barred):
            values[a] |= values.pop(b)
        self._faces[a] |= self._faces.pop(b)
        self._edges.append(edge)


def _strength(edge: Edge) -> tuple[int, float, float, int, int]:
    return (RANKS[edge.rule], -edge.weight, -edge.probability, edge.a, edge.b)


def _are_two_people(one: Face, other: Face) -> bool:
    birth = birth_level(one[1], other[1])
    if birth is not BirthLevel.DIFFERENT:
        return False
    # A newborn's provisional name and a grown person's say nothing but that they are two.
    return name_level(one[0], other[0]) in OTHER_NAMES | {NameLevel.NEWBORN}
