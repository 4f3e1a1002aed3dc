"""Whose number is it: what an identity number proves about each claim that bears it.

Goes in: the claims, grouped by number. Comes out: for each claim what it may own and what
it must not, the edges between claims that share a number rightly, and the numbers that two
clearly different people use. A contested number links only the claims that agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from loaders.identity.compare import (
    STRONG_NAMES,
    WEAK_NAMES,
    WHOLE_NAMES,
    BirthLevel,
    NameLevel,
    birth_level,
    name_level,
)
from loaders.identity.id_number import IdKind, are_near
from loaders.identity.workbench import Claim

# How many records of a name and birth date bear which number that says the same date.
OwnNumbers = dict[tuple[str, date | None], dict[str, int]]


class Standing(NamedTuple):
    """What a claim's number is worth.

    proven: a number that passed its check; a person has one at most.
    unproven: a number converted from fifteen digits that no valid one confirms.
    barred: somebody else's number, used by this claim; never one person with its owner.
    """

    proven: str | None = None
    unproven: str | None = None
    barred: str | None = None


NO_STANDING = Standing()


@dataclass(frozen=True)
class SharedNumbers:
    """What the numbers say: who may own what, who is linked, what a steward must see."""

    standing: Mapping[int, Standing]
    links: list[tuple[int, int, float]]
    contested: list[tuple[int, int]]
    newborns: list[tuple[int, int]]


def weigh_numbers(claims: Iterable[Claim]) -> SharedNumbers:
    """Decide for every number who owns it."""
    bearers: dict[str, list[Claim]] = defaultdict(list)
    own_numbers: OwnNumbers = defaultdict(dict)
    standing = {}
    for claim in claims:
        standing[claim.claim] = NO_STANDING
        if claim.id_key:
            bearers[claim.id_key].append(claim)
            # A birthday alone ties nobody together: records without a name are no face.
            if claim.name.key and claim.born_on and claim.born_on == claim.id_born_on:
                numbers = own_numbers[claim.name.key, claim.born_on]
                known = numbers.get(claim.id_key, 0)
                numbers[claim.id_key] = known + claim.record_count
    found = SharedNumbers(standing, [], [], [])
    for number, group in bearers.items():
        if len(group) == 1 and not _is_under_a_parents_number(group[0]):
            # Nobody else bears it: most numbers are like that.
            standing[group[0].claim] = _own(number, group[0].id_kind == IdKind.VALID)
        else:
            _weigh(number, group, own_numbers, standing, found)
    return found


def near_numbers(left: str, right: str) -> bool:
    """Whether two converted numbers differ by one slip; the check character is computed."""
    return are_near(left[:17], right[:17])


def same_person_by_number(one: Claim, other: Claim) -> float | None:
    """How sure it is that two claims with the same number are one person."""
    name = name_level(one.name, other.name)
    birth = birth_level(one.born_on, other.born_on)
    sexes_differ = bool(one.sex_code and other.sex_code and one.sex_code != other.sex_code)
    if name is NameLevel.NEWBORN:
        # Later registered with a number of its own, which then carries its birth date.
        return 0.999 if birth is BirthLevel.EXACT and not sexes_differ else None
    if birth is BirthLevel.DIFFERENT:
        # The whole name under one number: the date was mistyped, unless sex says no too.
        return 0.999 if name in WHOLE_NAMES and not sexes_differ else None
    if name in STRONG_NAMES:
        return 0.9999
    if name in WEAK_NAMES:
        return 0.999 if birth is BirthLevel.MISSING else 0.9995
    if name is NameLevel.MISSING:
        return 0.999 if birth is not BirthLevel.MISSING and not sexes_differ else 0.995
    return None


def _weigh(
    number: str,
    group: list[Claim],
    own_numbers: OwnNumbers,
    standing: dict[int, Standing],
    found: SharedNumbers,
) -> None:
    verified = any(claim.id_kind == IdKind.VALID for claim in group)
    newborns = [claim for claim in group if _is_under_a_parents_number(claim)]
    others = [claim for claim in group if claim not in newborns]
    for newborn in newborns:
        standing[newborn.claim] = Standing(barred=number)
        if newborn.born_on is None and others:
            found.newborns.append((newborn.claim, others[0].claim))
    guests = _guests(number, others, own_numbers)
    parties = sorted(_parties(others, guests, found.links), key=_ownership)
    owner = parties[0][0].claim if parties else 0
    for rank, party in enumerate(parties):
        if rank:
            found.contested.append((owner, party[0].claim))
        for claim in party:
            standing[claim.claim] = _standing(number, rank, party, guests, verified)


def _guests(number: str, claims: list[Claim], own_numbers: OwnNumbers) -> set[int]:
    """Claims that are more at home under another number: a twin's on its twin's card."""
    guests = set()
    for claim in claims:
        numbers = own_numbers.get((claim.name.key, claim.born_on))
        if not numbers:
            continue
        elsewhere = max((n for other, n in numbers.items() if other != number), default=0)
        if elsewhere and elsewhere >= numbers.get(number, 0):
            guests.add(claim.claim)
    return guests


def _is_under_a_parents_number(claim: Claim) -> bool:
    if not (claim.name.is_newborn or claim.is_under_mother):
        return False
    return birth_level(claim.born_on, claim.id_born_on) in (
        BirthLevel.DIFFERENT,
        BirthLevel.MISSING,
    )


def _parties(
    claims: list[Claim], guests: set[int], links: list[tuple[int, int, float]]
) -> list[list[Claim]]:
    party_of = {claim.claim: {claim.claim} for claim in claims}
    for one, other in combinations(claims, 2):
        probability = same_person_by_number(one, other)
        if probability is None:
            continue
        is_guest = one.claim in guests or other.claim in guests
        if is_guest and name_level(one.name, other.name) in WEAK_NAMES:
            continue
        links.append((one.claim, other.claim, probability))
        joined = party_of[one.claim] | party_of[other.claim]
        for member in joined:
            party_of[member] = joined
    parties = {min(members): members for members in party_of.values()}
    return [
        [claim for claim in claims if claim.claim in members]
        for _, members in sorted(parties.items())
    ]


def _ownership(party: list[Claim]) -> tuple[int, int, int, int]:
    """Smaller owns: birth date as in the number, then sex, then records, then the first."""
    births = sum(claim.born_on == claim.id_born_on for claim in party)
    sexes = sum(claim.sex_code == claim.id_sex_code for claim in party)
    records = sum(claim.record_count for claim in party)
    return (-(births > 0), -(sexes > 0), -records, party[0].claim)


def _standing(
    number: str, rank: int, party: list[Claim], guests: set[int], verified: bool
) -> Standing:
    if rank == 0:
        return _own(number, verified)
    births = {birth_level(member.born_on, member.id_born_on) for member in party}
    elsewhere = births <= {BirthLevel.DIFFERENT, BirthLevel.MISSING}
    if elsewhere or guests & {member.claim for member in party}:
        return Standing(barred=number)
    # The number's own birth date, but another name: held apart from everybody, the owner
    # included, until a steward has looked.
    return Standing(proven=f"{number}~{rank}")


def _own(number: str, verified: bool) -> Standing:
    return Standing(proven=number) if verified else Standing(unproven=number)
