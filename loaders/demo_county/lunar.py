"""Lunar dates, for the people who gave the clerk their lunar birthday.

Computed from the positions of sun and moon (the main terms of the usual series, good to
some minutes), by the rule of the Chinese calendar: a month begins on the day of the new
moon in Beijing, the winter solstice lies in the eleventh month, and of thirteen months
between two solstices the first without a principal term is a leap month.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import lru_cache

_J2000 = 2451545.0
_BEIJING = 8 / 24


def lunar_date(day: date) -> tuple[int, int, int]:
    """Year, month and day of the lunar calendar; a leap month has its month's number."""
    start = _month_start(day)
    solstice_month = _eleventh_month(day.year)
    if start < solstice_month:
        previous, following = _eleventh_month(day.year - 1), solstice_month
    else:
        previous, following = solstice_month, _eleventh_month(day.year + 1)
    months = _months_between(previous, following)
    position = months.index(start)
    if len(months) == 13:
        leap = next(i for i, month in enumerate(months) if not _has_principal_term(month))
        position -= position >= leap
    number = (position + 10) % 12 + 1
    year = previous.year if number >= 11 else previous.year + 1
    return year, number, (day - start).days + 1


def _months_between(first: date, end: date) -> list[date]:
    months = [first]
    while (following := _next_month(months[-1])) < end:
        months.append(following)
    return months


@lru_cache(maxsize=4096)
def _eleventh_month(year: int) -> date:
    solstice = next(
        date(year, 12, day)
        for day in range(20, 24)
        if _season(date(year, 12, day + 1)) == 9
    )
    return _month_start(solstice)


def _has_principal_term(month: date) -> bool:
    return _season(month) != _season(_next_month(month))


def _season(day: date) -> int:
    """Which twelfth of its way the sun is in when the day begins in Beijing."""
    return int(_sun_longitude(day.toordinal() + 1721424.5 - _BEIJING) // 30)


def _next_month(start: date) -> date:
    return _month_start(start + timedelta(days=32))


def _month_start(day: date) -> date:
    """The last day of a new moon that is not after this day."""
    count = round((day.toordinal() + 1721424.5 - 2451550.1) / 29.530588861) + 1
    while (start := _new_moon_day(count)) > day:
        count -= 1
    return start


@lru_cache(maxsize=4096)
def _new_moon_day(count: int) -> date:
    century = count / 1236.85
    julian = 2451550.09766 + 29.530588861 * count + 0.00015437 * century**2
    sun = math.radians(2.5534 + 29.1053567 * count)
    moon = math.radians(201.5643 + 385.81693528 * count + 0.0107582 * century**2)
    latitude = math.radians(160.7108 + 390.67050284 * count - 0.0016118 * century**2)
    eccentricity = 1 - 0.002516 * century
    julian += (
        -0.40720 * math.sin(moon)
        + 0.17241 * eccentricity * math.sin(sun)
        + 0.01608 * math.sin(2 * moon)
        + 0.01039 * math.sin(2 * latitude)
        + 0.00739 * eccentricity * math.sin(moon - sun)
        - 0.00514 * eccentricity * math.sin(moon + sun)
        + 0.00208 * eccentricity**2 * math.sin(2 * sun)
        - 0.00111 * math.sin(moon - 2 * latitude)
    )
    return date.fromordinal(math.floor(julian + _BEIJING - 1721424.5))


def _sun_longitude(julian: float) -> float:
    century = (julian - _J2000) / 36525
    mean = 280.46646 + 36000.76983 * century
    anomaly = math.radians(357.52911 + 35999.05029 * century)
    centre = (
        (1.914602 - 0.004817 * century) * math.sin(anomaly)
        + 0.019993 * math.sin(2 * anomaly)
        + 0.000289 * math.sin(3 * anomaly)
    )
    node = math.radians(125.04 - 1934.136 * century)
    return (mean + centre - 0.00569 - 0.00478 * math.sin(node)) % 360
