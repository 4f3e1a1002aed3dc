"""How alike two names are; birth dates have their own module.

The same levels exist once more as SQL in `levels`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from loaders.identity.birth import BirthLevel, birth_level, speaks_for_nobody
from loaders.identity.person_name import LOST, PersonName

__all__ = [
    "OTHER_NAMES", "SHORTEST_CUT_NAME", "STRONG_NAMES", "WEAK_NAMES", "BirthLevel",
    "NameLevel", "birth_level", "name_level", "speaks_for_nobody",
]  # fmt: skip

# A name of four characters or more is cut rather than mistyped when one begins the other.
SHORTEST_CUT_NAME = 4
# Of a Latin name this many parts must be left when others are dropped.
FEWEST_LATIN_PARTS = 2


class NameLevel(StrEnum):
    """Likeness of two names, best first."""

    EXACT = "exact"
    SAME_TONES = "same_tones"
    HOMOPHONE = "homophone"
    LOST_CHARACTER = "lost_character"
    FUZZY_SOUND = "fuzzy_sound"
    ONE_CHARACTER = "one_character"
    SHORTENED = "shortened"
    SURNAME = "surname"
    DIFFERENT = "different"
    NEWBORN = "newborn"
    MISSING = "missing"


WHOLE_NAMES = frozenset({NameLevel.EXACT, NameLevel.SAME_TONES, NameLevel.HOMOPHONE})
STRONG_NAMES = WHOLE_NAMES | {NameLevel.LOST_CHARACTER}
WEAK_NAMES = frozenset(
    {NameLevel.FUZZY_SOUND, NameLevel.ONE_CHARACTER, NameLevel.SHORTENED}
)
OTHER_NAMES = frozenset({NameLevel.SURNAME, NameLevel.DIFFERENT})


def name_level(left: PersonName, right: PersonName) -> NameLevel:
    """How alike two names are; a newborn's provisional name compares with its like only."""
    if left.is_newborn != right.is_newborn:
        return NameLevel.NEWBORN
    a, b = left.key, right.key
    if not a or not b:
        return NameLevel.MISSING
    if left.rank and right.rank and left.rank != right.rank:
        return NameLevel.DIFFERENT
    if a == b and LOST not in a:
        return NameLevel.EXACT
    if _meet(left.tones, right.tones):
        return NameLevel.SAME_TONES
    if _meet(left.sounds, right.sounds):
        return NameLevel.HOMOPHONE
    if len(a) == len(b) > 1 and _fit(left, right):
        return NameLevel.LOST_CHARACTER
    if _meet(left.fuzzy_sounds, right.fuzzy_sounds):
        return NameLevel.FUZZY_SOUND
    if len(a) == len(b) > 1 and _meet(left.masks(), right.masks()):
        return NameLevel.ONE_CHARACTER
    if _is_cut(left, right) or _is_cut(right, left):
        return NameLevel.SHORTENED
    return NameLevel.SURNAME if a[0] == b[0] != LOST else NameLevel.DIFFERENT


def _meet(left: Iterable[str], right: Iterable[str]) -> bool:
    return not set(left).isdisjoint(right)


def _fit(left: PersonName, right: PersonName) -> bool:
    """Whether they are alike but for the characters lost from one or the other."""
    if left.sounds and right.sounds:
        # A character typed as its sound is lost, but not just any character fits it.
        return False
    return all(x == y or LOST in (x, y) for x, y in zip(left.key, right.key, strict=True))


def _is_cut(short: PersonName, long: PersonName) -> bool:
    a, b = short.key, long.key
    parts = a.split(" ")
    return (
        (len(b) == len(a) + 1 > 2 and a in long.shortened())
        or (SHORTEST_CUT_NAME <= len(a) < len(b) and b.startswith(a))
        or (len(parts) >= FEWEST_LATIN_PARTS and set(parts) <= set(b.split(" ")))
        or a == long.head
    )
