"""Lunar birthdays: an exact relation, held against another calendar and both ways."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import LunarYear

from loaders.demo_county.lunar import lunar_date
from loaders.identity.birth import lunar_days, lunar_equivalents, lunar_years

# Month and day of every New Year's day from 1900 to 2100, ten years a line, as calendars
# publish them. Those of 1916, 1954, 2027 and 2030 are new moons within minutes of midnight.
NEW_YEARS = """
0131 0219 0208 0129 0216 0204 0125 0213 0202 0122
0210 0130 0218 0206 0126 0214 0203 0123 0211 0201
0220 0208 0128 0216 0205 0124 0213 0202 0123 0210
0130 0217 0206 0126 0214 0204 0124 0211 0131 0219
0208 0127 0215 0205 0125 0213 0202 0122 0210 0129
0217 0206 0127 0214 0203 0124 0212 0131 0218 0208
0128 0215 0205 0125 0213 0202 0121 0209 0130 0217
0206 0127 0215 0203 0123 0211 0131 0218 0207 0128
0216 0205 0125 0213 0202 0220 0209 0129 0217 0206
0127 0215 0204 0123 0210 0131 0219 0207 0128 0216
0205 0124 0212 0201 0122 0209 0129 0218 0207 0126
0214 0203 0123 0210 0131 0219 0208 0128 0216 0205
0125 0212 0201 0122 0210 0129 0217 0206 0126 0213
0203 0123 0211 0131 0219 0208 0128 0215 0204 0124
0212 0201 0122 0210 0130 0217 0206 0126 0214 0202
0123 0211 0201 0219 0208 0128 0215 0204 0124 0212
0202 0121 0209 0129 0217 0205 0126 0214 0203 0123
0211 0131 0219 0207 0127 0215 0205 0124 0212 0202
0122 0209 0129 0217 0206 0126 0214 0203 0124 0210
0130 0218 0207 0127 0215 0205 0125 0212 0201 0121
0209
"""
LIVING = st.dates(date(1920, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # New Year's days and full moons of autumn that everybody remembers.
        ("1949-01-01", "1949-01-29"),
        ("2000-01-01", "2000-02-05"),
        ("1966-08-15", "1966-09-29"),
        # The twelfth month ends in the next year of the solar calendar.
        ("1960-12-29", "1961-02-14"),
        # A leap month has the number of the month before it.
        ("1976-08-08", "1976-09-01"),
        ("1976-08-08", "1976-10-01"),
        ("2023-02-05", "2023-02-24"),
        ("2023-02-05", "2023-03-26"),
    ],
)
def test_a_lunar_date_stands_for_its_day(written: str, meant: str) -> None:
    one, other = date.fromisoformat(written), date.fromisoformat(meant)
    assert other in lunar_equivalents(one)
    assert one in lunar_equivalents(other)
    assert meant in lunar_days(one)


def test_every_year_begins_on_its_new_years_day() -> None:
    days = [
        date(year, int(day[:2]), int(day[2:]))
        for year, day in enumerate(NEW_YEARS.split(), 1900)
    ]
    assert days[-1].year == 2100
    read = [lunar_equivalents(date(day.year, 1, 1)) for day in days]
    assert [day for day, found in zip(days, read, strict=True) if day not in found] == []


def test_every_day_of_the_years_is_one_day_of_one_month() -> None:
    years = lunar_years()
    assert list(years) == list(range(1900, 2101))
    months = [month for year in years.values() for month in year]
    starts = [start for start, _, _ in months]
    assert [start + length for start, length, _ in months[:-1]] == starts[1:]
    assert {length for _, length, _ in months} == {29, 30}
    assert sum(is_leap for _, _, (_, _, is_leap) in months) == 74
    assert len(months) == 12 * len(years) + 74


def test_the_file_says_what_the_calendar_library_computes() -> None:
    wrong = []
    for year in lunar_years():
        computed = [
            # The library counts Julian days, Python days of the common era.
            (round(month.getFirstJulianDay()) - 1721425, month.getDayCount(),
             (year, abs(month.getMonth()), month.isLeap()))
            for month in LunarYear.fromYear(year).getMonthsInYear()
        ]  # fmt: skip
        if list(lunar_years()[year]) != computed:
            wrong.append(year)
    assert wrong == []


@given(LIVING)
def test_the_relation_holds_both_ways(day: date) -> None:
    assert day not in lunar_equivalents(day)
    assert all(day in lunar_equivalents(other) for other in lunar_equivalents(day))
    # As a lunar date one day or two, as a solar one a date or none.
    assert len(lunar_equivalents(day)) <= 3


def test_the_calendar_agrees_with_the_sun_and_the_moon() -> None:
    day, days, wrong = date(1920, 2, 20), 0, 0
    while day < date(2025, 1, 1):
        year, month, number = lunar_date(day)
        if (month, number) not in ((2, 29), (2, 30)) and (month, number) <= (12, 28):
            days += 1
            wrong += date(year, month, number) not in (*lunar_equivalents(day), day)
        day += timedelta(5)
    # A published calendar puts a new moon near midnight on the other day now and then.
    assert wrong / days < 0.006


def test_dates_outside_the_table_have_no_equivalents() -> None:
    assert lunar_equivalents(date(1850, 5, 5)) == ()
    assert lunar_days(None) == []
