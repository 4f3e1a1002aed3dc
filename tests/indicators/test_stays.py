"""How long people stay: discharges, by the day they leave."""

from __future__ import annotations

import pytest

from tests.indicators.books import CENTRE, HOSPITAL, TCM_HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

CODE = "avg_los"


def describe_situation(s: Situation) -> None:
    """Three hospitals; everything in 2024 leaves in June, but for one at the year's end."""
    for person in ("in a", "in b", "in c"):
        s.person(person)
    s.stay_a("left the same day", "in a", "2024-06-03 08:00:00", "2024-06-03 20:00:00")
    s.stay_a("left after midnight", "in a", "2024-06-05 23:50:00", "2024-06-06 00:10:00")
    s.stay_a("eleven days", "in b", "2024-06-10 10:00:00", "2024-06-21 09:00:00")
    s.stay_a("still there", "in c", "2024-06-20", None)
    s.stay_a("cancelled admission", "in c", "2024-06-01", "2024-06-02", cancelled=True)
    s.stay_a("over new year", "in c", "2024-12-28 10:00:00", "2025-01-03 10:00:00")
    s.stay_b("with a summary", "in b", "2024-06-01 10:00:00", "2024-06-08 10:00:00")
    s.stay_b("without a summary", "in b", "2024-06-15", None)
    s.stay_b("cancelled registration", "in c", "2024-06-01", "2024-06-04", cancelled=True)
    s.stay_c("at the centre", "in a", "2024-06-24 10:00:00", "2024-06-29 10:00:00")


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("left the same day", 1),
        ("left after midnight", 1),
        ("eleven days", 11),
        ("over new year", 6),
        ("with a summary", 7),
        ("at the centre", 5),
    ],
)
def test_days_are_counted_from_date_to_date(counted: Counted, name: str, days: int) -> None:
    assert counted.encounter(name).length_of_stay_days == days


@pytest.mark.parametrize("name", ["still there", "without a summary"])
def test_who_is_still_there_is_no_discharge(counted: Counted, name: str) -> None:
    assert counted.encounter(name).is_counted
    assert counted.case(CODE, name) is None


@pytest.mark.parametrize("name", ["cancelled admission", "cancelled registration"])
def test_a_cancelled_admission_is_no_stay(counted: Counted, name: str) -> None:
    assert counted.encounter(name).not_counted_because == "cancelled"
    assert counted.case(CODE, name) is None


def test_a_stay_over_new_year_belongs_to_the_year_of_the_discharge(
    counted: Counted,
) -> None:
    assert counted.case(CODE, "over new year", "2024") is None
    case = counted.case(CODE, "over new year", "2025")
    assert case is not None
    assert (case.numerator, case.month) == (6, "202501")


@pytest.mark.parametrize(
    ("period", "grain", "org", "days", "discharges"),
    [
        ("2024", "county", "991525", 25, 5),
        ("202406", "county", "991525", 25, 5),
        ("2024", "group", "G1", 18, 4),
        ("2024", "group", "G2", 7, 1),
        ("2024", "institution", HOSPITAL, 13, 3),
        ("2024", "institution", TCM_HOSPITAL, 7, 1),
        ("2024", "institution", CENTRE, 5, 1),
        ("2025", "county", "991525", 6, 1),
    ],
)
def test_the_average_length_of_stay(
    counted: Counted, period: str, grain: str, org: str, days: int, discharges: int
) -> None:
    value = counted.value(CODE, period, grain, org)
    assert (value.numerator, value.denominator) == (days, discharges)
    assert float(value.value) == pytest.approx(days / discharges)
