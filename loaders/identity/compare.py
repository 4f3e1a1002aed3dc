"""How alike two names, two birth dates and two persons' claims are.

The same levels exist once more as SQL in `splink_model`; a test holds the two together.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from loaders.identity.person_name import LOST, PersonName

# A lunar birthday entered as a solar one lies about this many days before the true date.
LUNAR_DAYS = range(17, 53)
# A name of four characters or more is cut rather than mistyped when one begins the other.
SHORTEST_CUT_NAME = 4


class NameLevel(StrEnum):
    """Likeness of two names, best first."""

    EXACT = "exact"
    HOMOPHONE = "homophone"
    LOST_CHARACTER = "lost_character"
    ONE_CHARACTER = "one_character"
    SHORTENED = "shortened"
    SURNAME = "surname"
    DIFFERENT = "different"
    NEWBORN = "newborn"
    MISSING = "missing"


class BirthLevel(StrEnum):
    """Likeness of two birth dates, best first."""

    EXACT = "exact"
    ONE_DIGIT = "one_digit"
    SWAPPED = "day_month_swapped"
    SAME_MONTH = "same_month"
    YEAR_OFF = "year_off_by_one"
    LUNAR = "perhaps_lunar"
    DIFFERENT = "different"
    MISSING = "missing"


STRONG_NAMES = frozenset({NameLevel.EXACT, NameLevel.HOMOPHONE, NameLevel.LOST_CHARACTER})
WEAK_NAMES = frozenset({NameLevel.ONE_CHARACTER, NameLevel.SHORTENED})
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
    if a == b:
        return NameLevel.LOST_CHARACTER if LOST in a else NameLevel.EXACT
    if LOST not in a + b and _sound(left.pinyin) == _sound(right.pinyin):
        return NameLevel.HOMOPHONE
    if len(a) == len(b) and len(a) > 1:
        if _fits(a, b) or _fits(b, a):
            return NameLevel.LOST_CHARACTER
        if sum(x != y for x, y in zip(a, b, strict=True)) == 1:
            return NameLevel.ONE_CHARACTER
    short, long = sorted((a, b), key=len)
    if len(long) == len(short) + 1 and short in _without_one(long):
        return NameLevel.SHORTENED
    if SHORTEST_CUT_NAME <= len(short) < len(long) and long.startswith(short):
        return NameLevel.SHORTENED
    return NameLevel.SURNAME if a[0] == b[0] != LOST else NameLevel.DIFFERENT


def birth_level(left: date | None, right: date | None) -> BirthLevel:
    """How alike two birth dates are."""
    if left is None or right is None:
        return BirthLevel.MISSING
    if left == right:
        return BirthLevel.EXACT
    digits = zip(f"{left:%Y%m%d}", f"{right:%Y%m%d}", strict=True)
    if sum(a != b for a, b in digits) == 1:
        return BirthLevel.ONE_DIGIT
    if left.year == right.year and (left.month, left.day) == (right.day, right.month):
        return BirthLevel.SWAPPED
    if (left.year, left.month) == (right.year, right.month):
        return BirthLevel.SAME_MONTH
    if (left.month, left.day) == (right.month, right.day) and (
        abs(left.year - right.year) == 1
    ):
        return BirthLevel.YEAR_OFF
    if abs((left - right).days) in LUNAR_DAYS:
        return BirthLevel.LUNAR
    return BirthLevel.DIFFERENT


def speaks_for_nobody(born_on: date | None, known_on: date) -> bool:
    """Whether a birth date is what forms are filled with, or lies after its delivery."""
    return (
        born_on is None
        or born_on.year <= 1900
        or (born_on.month, born_on.day) == (1, 1)
        or born_on > known_on
    )


def _sound(pinyin: str) -> str:
    return pinyin.replace(" ", "")


def _fits(pattern: str, name: str) -> bool:
    return all(x in (y, LOST) for x, y in zip(pattern, name, strict=True))


def _without_one(text: str) -> set[str]:
    return {text[:i] + text[i + 1 :] for i in range(len(text))}
