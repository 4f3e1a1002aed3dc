"""Lunar dates agree with days that everybody knows: new years, festivals, leap months."""

from __future__ import annotations

from datetime import date

import pytest

from loaders.demo_county.lunar import lunar_date


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(1949, 10, 1), (1949, 8, 10)),
        (date(1950, 2, 17), (1950, 1, 1)),
        (date(1966, 1, 21), (1966, 1, 1)),
        (date(1985, 2, 20), (1985, 1, 1)),
        (date(2000, 2, 5), (2000, 1, 1)),
        (date(2017, 7, 23), (2017, 6, 1)),
        (date(2020, 5, 23), (2020, 4, 1)),
        (date(2023, 9, 29), (2023, 8, 15)),
        (date(2024, 2, 10), (2024, 1, 1)),
        (date(2024, 12, 31), (2024, 12, 1)),
        (date(2033, 12, 22), (2033, 11, 1)),
    ],
)
def test_a_known_day(day: date, lunar: tuple[int, int, int]) -> None:
    assert lunar_date(day) == lunar
