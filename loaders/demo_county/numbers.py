"""Numbers that things are known by: identity numbers and running numbers of a system."""

from __future__ import annotations

from collections import Counter
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EPOCH = date(2023, 1, 1)


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

    Every day has a block of numbers of its own, so a number follows from its day alone and
    stays the same when the county lives longer.
    """

    def __init__(self, residents: int) -> None:
        self._width = int(10 ** max(2, len(str(residents // 5))))
        self._used: Counter[tuple[str, str]] = Counter()

    def by_day(self, scope: str, on: date) -> int:
        """The next number of a scope (a table of an institution) on a day."""
        nth = self._next(scope, on.isoformat())
        if nth > self._width:
            raise OverflowError(f"more than {self._width} numbers of {scope} in one day")
        return (on - EPOCH).days * self._width + nth

    def by_month(self, prefix: str, on: date) -> str:
        """Like SF2403000045: prefix, year and month, running number."""
        return f"{prefix}{on:%y%m}{self._next(prefix, f'{on:%y%m}'):06d}"

    def of(self, scope: str) -> int:
        """The next number of a scope that does not go by time."""
        return self._next(scope, "")

    def _next(self, scope: str, part: str) -> int:
        self._used[scope, part] += 1
        return self._used[scope, part]
