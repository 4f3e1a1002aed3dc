"""Birth dates, and the ways in which they go wrong.

Goes in: dates as delivered. Comes out: how alike two of them are, which dates a lunar
birthday stands for, and which say nothing. Half of a rural county's elders know their
birthday by the lunar calendar: typed into a form it is a wrong date, but an exact one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

# A date that forms are filled with when only the year, or nothing, is known.
FILLED_IN = frozenset({(1, 1), (7, 1)})
# Lunar years from 1900 on, nobody alive was born before: the first day, the month that
# comes twice, and of each month in turn whether it has thirty days. The calendar library
# computes sun and moon for that; a test holds the file against it.
LUNAR_YEARS = "data/lunar_year.csv"
Months = tuple[tuple[int, int, tuple[int, int, bool]], ...]
# Dates of one county's living people; the cache holds them all.
KNOWN_DATES = 65536


class BirthLevel(StrEnum):
    """Likeness of two birth dates, best first."""

    EXACT = "exact"
    LUNAR = "lunar"
    YEAR_OFF = "year_off_by_one"
    DECADE_OFF = "year_off_by_ten"
    SWAPPED = "day_month_swapped"
    ONE_DIGIT = "one_digit"
    SAME_MONTH = "same_month"
    DIFFERENT = "different"
    MISSING = "missing"


def birth_level(left: date | None, right: date | None) -> BirthLevel:
    """How alike two birth dates are."""
    if left is None or right is None:
        return BirthLevel.MISSING
    if left == right:
        return BirthLevel.EXACT
    if right in lunar_equivalents(left):
        return BirthLevel.LUNAR
    if (left.month, left.day) == (right.month, right.day):
        apart = abs(left.year - right.year)
        if apart == 1:
            return BirthLevel.YEAR_OFF
        if apart == 10:
            return BirthLevel.DECADE_OFF
    if left.year == right.year and (left.month, left.day) == (right.day, right.month):
        return BirthLevel.SWAPPED
    digits = zip(f"{left:%Y%m%d}", f"{right:%Y%m%d}", strict=True)
    if sum(a != b for a, b in digits) == 1:
        return BirthLevel.ONE_DIGIT
    if (left.year, left.month) == (right.year, right.month):
        return BirthLevel.SAME_MONTH
    return BirthLevel.DIFFERENT


@lru_cache(KNOWN_DATES)
def lunar_equivalents(born_on: date) -> tuple[date, ...]:
    """The dates that a birth date stands for, or is written as, in the other calendar.

    Read as a lunar date it is one day, or two in a year with that month twice; read as a
    day of the solar calendar it has one lunar date, if that can be written as a date. The
    relation holds both ways: a date is among the equivalents of each of its own.
    """
    found = {
        solar
        for is_leap_month in (False, True)
        if (solar := _solar(born_on, is_leap_month)) is not None
    }
    written = _as_written(born_on)
    return tuple(sorted((found | ({written} if written else set())) - {born_on}))


def lunar_days(born_on: date | None) -> list[str]:
    """The equivalents as text, for a column that keys and comparisons look into."""
    return [day.isoformat() for day in lunar_equivalents(born_on)] if born_on else []


def speaks_for_nobody(born_on: date | None, known_on: date) -> bool:
    """Whether a birth date is what forms are filled with, or lies after its delivery."""
    return (
        born_on is None
        or born_on.year <= 1900
        or (born_on.month, born_on.day) in FILLED_IN
        or born_on > known_on
    )


def _solar(lunar: date, is_leap_month: bool) -> date | None:
    """The day of a lunar date; none where its year has no such day."""
    for start, length, month in _months(lunar.year):
        if month == (lunar.year, lunar.month, is_leap_month):
            return date.fromordinal(start + lunar.day - 1) if lunar.day <= length else None
    return None


def _as_written(solar: date) -> date | None:
    """A day's lunar date as it is typed; none for the thirtieth of a second month."""
    day = solar.toordinal()
    for start, length, (year, month, _) in (*_months(solar.year), *_months(solar.year - 1)):
        if start <= day < start + length:
            try:
                return date(year, month, day - start + 1)
            except ValueError:
                return None
    return None


def _months(year: int) -> Months:
    """First day, as an ordinal, and length of every month of one lunar year."""
    return lunar_years().get(year, ())


@cache
def lunar_years() -> Mapping[int, Months]:
    """The months of every lunar year: first day, length, year, number, if second."""
    listed = files("loaders.identity").joinpath(LUNAR_YEARS).read_text("utf-8")
    years = {}
    for row in csv.DictReader(listed.split("\n")):
        year, start = int(row["year"]), date.fromisoformat(row["new_year"]).toordinal()
        leap = int(row["leap_month"] or 0)
        order = [
            (month, again)
            for month in range(1, 13)
            for again in ((False, True) if month == leap else (False,))
        ]
        months = []
        for (month, again), is_long in zip(order, row["long_months"], strict=True):
            length = 30 if is_long == "1" else 29
            months.append((start, length, (year, month, again)))
            start += length
        years[year] = tuple(months)
    return years
