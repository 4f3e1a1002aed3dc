"""Which contracts are valid on a day, and by how many residents they are divided."""

from __future__ import annotations

import pytest

from tests.indicators.books import LAST_DATA_DAY, OTHER_TOWN, TOWN
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

CODE = "fd_sign_rate"
YEAR_END = "20241231"


def describe_situation(s: Situation) -> None:
    """Days of interest: 31 December 2024, and 5 January 2025 as the last that is known."""
    for person in (
        "signs a",
        "signs b",
        "signs c",
        "signs d",
        "signs e",
        "signs f",
        "signs g",
    ):
        s.person(person)
    s.person("signed, died on 31 December", dead="2024-12-31")
    s.person("signed, died on 1 January", dead="2025-01-01")
    s.contract("all year", "signs a", "2024-01-01", "2025-06-01")
    s.contract("ends on 31 December", "signs b", "2024-01-01", "2024-12-31")
    s.contract("ends on 1 January", "signs c", "2024-01-01", "2025-01-01")
    s.contract("begins on 31 December", "signs d", "2024-12-31", "2025-12-31")
    s.contract(
        "stopped on 31 December",
        "signs e",
        "2024-01-01",
        "2025-06-01",
        stopped="2024-12-31",
    )
    s.contract(
        "stopped on 1 January", "signs f", "2024-01-01", "2025-06-01", stopped="2025-01-01"
    )
    s.contract("first of two", "signs g", "2024-01-01", "2025-06-01", team="T1")
    s.contract("second of two", "signs g", "2024-07-01", "2025-07-01", team="T2")
    s.contract("outlived", "signed, died on 1 January", "2024-01-01", "2025-06-01")
    s.contract("not outlived", "signed, died on 31 December", "2024-01-01", "2025-06-01")


@pytest.mark.parametrize(
    ("person", "at_year_end", "on_last_day"),
    [
        ("signs a", True, True),
        ("signs b", False, False),
        ("signs c", True, False),
        ("signs d", True, True),
        ("signs e", False, False),
        ("signs f", True, False),
        ("signs g", True, True),
        ("signed, died on 1 January", True, False),
        ("signed, died on 31 December", False, False),
    ],
)
def test_a_contract_is_valid_or_not_on_a_day(
    counted: Counted, person: str, at_year_end: bool, on_last_day: bool
) -> None:
    assert (counted.case_of_person(CODE, person, YEAR_END) is not None) == at_year_end
    assert (counted.case_of_person(CODE, person, LAST_DATA_DAY) is not None) == on_last_day


def test_a_person_with_two_contracts_is_one_in_the_town_of_the_newest(
    counted: Counted,
) -> None:
    case = counted.case_of_person(CODE, "signs g", YEAR_END)
    assert case is not None
    assert (case.township_code, case.group_code) == (OTHER_TOWN, "G2")
    assert case.event_id == counted.situation.ids["second of two"]


@pytest.mark.parametrize(
    ("period", "grain", "org", "numerator", "denominator"),
    [
        (YEAR_END, "county", "991525", 6, 15),
        ("2024", "county", "991525", 6, 15),
        (YEAR_END, "township", TOWN, 5, 10),
        (YEAR_END, "township", OTHER_TOWN, 1, 5),
        (YEAR_END, "group", "G2", 1, 5),
        (LAST_DATA_DAY, "county", "991525", 3, 15),
    ],
)
def test_the_signing_rate(
    counted: Counted, period: str, grain: str, org: str, numerator: int, denominator: int
) -> None:
    value = counted.value(CODE, period, grain, org)
    assert (value.numerator, value.denominator) == (numerator, denominator)


def test_residents_of_an_earlier_year_make_a_figure_provisional(counted: Counted) -> None:
    assert counted.value(CODE, LAST_DATA_DAY).status == "provisional"
    assert counted.value(CODE, YEAR_END).status == "final"


def test_a_target_that_is_due_later_is_not_applied(counted: Counted) -> None:
    assert counted.value(CODE).target_value is None
