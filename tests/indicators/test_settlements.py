"""Which settlements survive, whose money they are, and where a stay belongs."""

from __future__ import annotations

import pytest

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

FUND_IN_COUNTY = "mon24_08_fund_in_county_share"
FUND_PRIMARY = "mon24_09_fund_primary_share"
STAYS = "mon24_11_inpat_in_county_share"
VISITS = "county_visit_rate"

CENTRE, OTHER_CENTRE = "H99152501001", "H99152501009"
HOSPITAL, PRIVATE = "H99152500001", "H99152500031"
CITY, PHARMACY = "H99150200001", "P99152500401"


def describe_situation(s: Situation) -> None:
    """All money is in fen; every treatment has a number of its own unless it is named."""
    s.settlement("plain", "2024-02-01", where=CENTRE, pooled=1000, major=200, aid=5000)
    s.settlement("other centre", "2024-02-02", where=OTHER_CENTRE, pooled=300)
    s.settlement("private", "2024-02-03", where=PRIVATE, pooled=400)
    s.settlement("city", "2024-02-04", where=CITY, division="991502", pooled=2000)
    # Before the release of 1 July 2024 the original keeps its flag, afterwards it does not.
    s.settlement("old original", "2024-03-01", pooled=700)
    s.settlement(
        "old reversal", "2024-03-02", reverses="old original", pooled=700, flag=True
    )
    s.settlement("new original", "2024-09-01", pooled=800, treatment="M again", flag=True)
    s.settlement(
        "new reversal",
        "2024-09-02",
        reverses="new original",
        pooled=800,
        treatment="M again",
        flag=True,
    )
    s.settlement("settled again", "2024-09-02", pooled=750, treatment="M again")
    s.settlement("not valid", "2024-03-03", pooled=9000, valid=False)
    s.settlement("pharmacy", "2024-03-04", where=PHARMACY, category="41", pooled=600)
    s.settlement("division unknown, county", "2024-04-01", division=None, pooled=50)
    s.settlement(
        "division unknown, city", "2024-04-02", where=CITY, division=None, pooled=60
    )
    # Stays: in the county, moved to the city in between, and over new year.
    s.settlement(
        "stay", "2024-05-01", where=HOSPITAL, category="21", treatment="M1", pooled=10000
    )
    s.settlement(
        "interim", "2024-06-01", where=HOSPITAL, category="21", treatment="M2", pooled=1
    )
    s.settlement(
        "final",
        "2024-06-20",
        where=CITY,
        division="991502",
        category="21",
        treatment="M2",
        pooled=2,
    )
    s.settlement(
        "birth", "2024-07-01", where=HOSPITAL, category="52", treatment="M3", pooled=3
    )
    s.settlement(
        "december", "2024-12-30", where=HOSPITAL, category="22", treatment="M4", pooled=4
    )
    s.settlement(
        "january",
        "2025-01-03",
        where=CITY,
        division="991502",
        category="22",
        treatment="M4",
        pooled=5,
    )
    for name in ("unnumbered", "unnumbered too"):
        s.settlement(name, "2025-01-04", where=HOSPITAL, category="21", treatment="")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("plain", None),
        ("old original", "reversed"),
        ("old reversal", "reversal"),
        ("new original", "reversed"),
        ("new reversal", "reversal"),
        ("settled again", None),
        ("not valid", "not_valid"),
        ("pharmacy", "pharmacy"),
        ("interim", None),
        ("final", None),
    ],
)
def test_a_settlement_counts_or_says_why_not(
    counted: Counted, name: str, reason: str | None
) -> None:
    assert counted.settlement(name).not_counted_because == reason


def test_medical_aid_is_not_the_fund(counted: Counted) -> None:
    assert counted.settlement("plain").fund_fen == 1200


@pytest.mark.parametrize(
    ("name", "is_in_county"),
    [
        ("plain", True),
        ("city", False),
        ("division unknown, county", True),
        ("division unknown, city", False),
    ],
)
def test_an_unknown_division_is_read_from_the_institutions_code(
    counted: Counted, name: str, is_in_county: bool
) -> None:
    assert counted.settlement(name).is_in_county == is_in_county


def test_the_fund_in_the_county_leaves_pharmacies_out_of_both_sides(
    counted: Counted,
) -> None:
    # 1200 + 300 + 400 + 750 + 50 in offices, 10000 + 1 + 3 + 4 in the hospital.
    value = counted.value(FUND_IN_COUNTY)
    assert value.numerator == 12708
    # And 2000 + 60 + 2 in the city.
    assert value.denominator == 14770


def test_the_primary_share_of_the_fund_is_of_what_stays_in_the_county(
    counted: Counted,
) -> None:
    value = counted.value(FUND_PRIMARY)
    assert (value.numerator, value.denominator) == (2300, 12708)


@pytest.mark.parametrize(
    ("group", "numerator", "denominator"),
    # The private hospital belongs to no group: it counts for the county alone.
    [("G1", 2000, 12008), ("G2", 300, 300)],
)
def test_the_primary_share_of_a_group(
    counted: Counted, group: str, numerator: int, denominator: int
) -> None:
    value = counted.value(FUND_PRIMARY, "2024", "group", group)
    assert (value.numerator, value.denominator) == (numerator, denominator)


def test_a_stay_with_interim_settlements_is_one_and_belongs_to_the_last(
    counted: Counted,
) -> None:
    case = counted.case(STAYS, "M2")
    assert case is not None
    assert (case.numerator, case.denominator) == (0, 1)


@pytest.mark.parametrize("code", [STAYS, VISITS])
@pytest.mark.parametrize("name", ["unnumbered", "unnumbered too"])
def test_what_is_settled_without_a_treatment_is_one_of_its_own(
    counted: Counted, code: str, name: str
) -> None:
    case = counted.case(code, counted.situation.ids[name], "2025")
    assert case is not None
    assert (case.numerator, case.denominator) == (1, 1)


def test_a_stay_settled_in_two_years_counts_in_each_by_that_years_last(
    counted: Counted,
) -> None:
    before, after = counted.case(STAYS, "M4", "2024"), counted.case(STAYS, "M4", "2025")
    assert before is not None
    assert after is not None
    assert (before.numerator, after.numerator) == (1, 0)


def test_the_share_of_stays_in_the_county(counted: Counted) -> None:
    value = counted.value(STAYS)
    # M1, M3 and M4 of M1 to M4.
    assert (value.numerator, value.denominator) == (3, 4)


def test_the_visit_rate_counts_a_treatment_once_after_a_reversal(counted: Counted) -> None:
    case = counted.case(VISITS, "M again")
    assert case is not None
    assert case.event_id == counted.situation.ids["settled again"]


def test_the_visit_rate_of_the_county(counted: Counted) -> None:
    # plain, other centre, private, city, M again, both of unknown division, M1 to M4:
    # eleven, of which the two in the city and M2 are not in the county.
    value = counted.value(VISITS)
    assert (value.numerator, value.denominator) == (8, 11)
    assert value.target_met is False
