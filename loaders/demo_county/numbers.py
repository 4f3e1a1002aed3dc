"""Numbers that things are known by: identity numbers and running numbers of a system."""

from __future__ import annotations

from collections import Counter
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
# How many numbers of one scope a person may need on a day, or in a month.
PER_PERSON = 20


def check_character(first_17: str) -> str:
    """The eighteenth character of an identity number (GB 11643, MOD 11-2)."""
    total = sum(w * int(digit) for w, digit in zip(WEIGHTS, first_17, strict=True))
    return CHECK_CHARACTERS[total % 11]


def identity_number(region: str, born: date, serial: int) -> str:
    """An 18-character number: region, birth date, serial (odd for men), check character."""
    first_17 = f"{region}{born:%Y%m%d}{serial:03d}"
    return first_17 + check_character(first_17)


def short_identity_number(number: str) -> str:
    """The 15-digit form in which numbers were given until 1999."""
    return number[:6] + number[8:17]


class Numbering:
    """Running numbers that rise with time, although lives are told one by one.

    Every day has a block of numbers of its own, and in it every person some: a number
    follows from its day and from whose life it belongs to, never from what others did. So
    nothing need be remembered of the lives before, and what one kind of mess adds to a life
    moves the numbers of nobody else.
    """

    def __init__(self, people: int, epoch: date = date(2023, 1, 1)) -> None:
        self._block = (people + 1) * PER_PERSON
        self._epoch = epoch
        self._person = 0
        self._used: Counter[tuple[str, str]] = Counter()

    def turn_to(self, person_number: int) -> None:
        """Numbers are for the life of this person from now on."""
        self._person = person_number
        self._used.clear()

    def by_day(self, scope: str, on: date, extra: bool = False) -> int:
        """The next number of a scope (a table of an institution) on a day.

        What exists only because something went wrong is `extra`: it takes its number from
        the other end of the block. Raises: OverflowError.
        """
        part = f"{on.isoformat()}{'+' * extra}"
        nth = self._next(scope, part)
        if nth > PER_PERSON // 2:
            raise OverflowError(f"more than {PER_PERSON // 2} numbers of {scope} in a day")
        serial = PER_PERSON - nth if extra else nth - 1
        return (on - self._epoch).days * self._block + self._person * PER_PERSON + serial

    def by_month(self, prefix: str, on: date, extra: bool = False) -> str:
        """Like SF2403000045: prefix, year and month, running number."""
        month = f"{on:%y%m}"
        nth = self._next(prefix, f"{month}{'+' * extra}") - 1
        first = f"{prefix}{month}{self._person * PER_PERSON + nth % PER_PERSON:06d}"
        mark = "R" if extra else "" if nth < PER_PERSON else "N"
        return f"{first}{mark}{nth // PER_PERSON or ''}"

    def of(self, scope: str) -> int:
        """The next number of a scope that does not go by time."""
        return self._person * PER_PERSON + self._next(scope, "")

    def _next(self, scope: str, part: str) -> int:
        self._used[scope, part] += 1
        return self._used[scope, part]
