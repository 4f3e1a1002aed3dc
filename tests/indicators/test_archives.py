"""Who has an active archive on 31 December."""

from __future__ import annotations

import pytest

from tests.indicators.books import OTHER_TOWN
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

CODE = "ehr_electronic_rate"


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""

    def kept(person: str, created: str, **how: str | None) -> None:
        s.person(person, dead=how.pop("dead", None))
        s.archive(f"archive, {person}", person, created, **how)  # type: ignore[arg-type]

    kept("open", "2012-01-01")
    kept("created on 31 December", "2024-12-31")
    kept("created on 1 January", "2025-01-01")
    kept("cancelled on 31 December", "2012-01-01", closed="2024-12-31", reason="3")
    kept("cancelled on 1 January", "2012-01-01", closed="2025-01-01", reason="3")
    kept("dead on 31 December", "2012-01-01", dead="2024-12-31")
    kept("dead on 1 January", "2012-01-01", dead="2025-01-01")
    kept("archives in two towns", "2012-01-01")
    s.archive("second archive", "archives in two towns", "2024-02-01", unit=OTHER_TOWN)
    kept("first one closed", "2012-01-01", closed="2024-02-01", reason="2")
    s.archive("one open", "first one closed", "2024-02-01", unit=OTHER_TOWN)


@pytest.mark.parametrize(
    ("person", "is_counted"),
    [
        ("open", True),
        ("created on 31 December", True),
        ("created on 1 January", False),
        ("cancelled on 31 December", False),
        ("cancelled on 1 January", True),
        ("dead on 31 December", False),
        ("dead on 1 January", True),
        ("archives in two towns", True),
        ("first one closed", True),
    ],
)
def test_an_archive_is_active_or_not(
    counted: Counted, person: str, is_counted: bool
) -> None:
    assert (counted.case_of_person(CODE, person) is not None) == is_counted


def test_a_year_without_residents_has_no_value(counted: Counted) -> None:
    value = counted.value(CODE, "2025")
    assert (value.value, value.status, value.denominator) == (None, "no_denominator", 0)


def test_residents_divide_the_year_that_they_are_known_for(counted: Counted) -> None:
    assert counted.value(CODE).denominator == 15
