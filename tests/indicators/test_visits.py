"""Which out-patient encounters count: one a day for a person in a department."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.indicators.books import CENTRE, CLINIC, NOBODYS_CARD
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

CODE = "mon24_07_primary_visit_share"


def describe_situation(s: Situation) -> None:
    """March holds the county hospital's rules, the other months the other systems'."""
    for person in ("out a", "out b", "out c", "out d", "out e", "out f", "out g", "out h"):
        s.person(person)
    s.visit_a("earlier in the department", "out a", "2024-03-04 08:00:00")
    s.visit_a("again in the department", "out a", "2024-03-04 15:00:00")
    s.visit_a("other department", "out a", "2024-03-04 15:30:00", department="0401")
    s.visit_a("next day", "out a", "2024-03-05 08:00:00")
    s.visit_a("on a second card", "out a", "2024-03-05 16:00:00", card="out a, new card")
    s.visit_a("all invoices void", "out b", "2024-03-06", invoices="void void")
    s.visit_a("no invoice at all", "out b", "2024-03-07", invoices="")
    s.visit_a("one invoice replaced", "out b", "2024-03-08", invoices="void stands")
    s.visit_a("void in the morning", "out c", "2024-03-11 08:00:00", invoices="void")
    s.visit_a("back in the afternoon", "out c", "2024-03-11 14:00:00")
    s.visit_a("health check", "out c", "2024-03-12", kind="5")
    s.visit_a("still in progress", "out c", "2024-03-13", status="1")
    s.visit_a("on 30 February", "out d", None, aside="impossible_date")
    s.visit_a("in 2099", "out d", "2099-03-01", aside="test_row")
    s.visit_a("by a test patient", None, "2024-03-14")
    s.visit_a("tomorrow, says the clock", "out d", "2025-01-06")
    s.visit_a("by nobody known", None, "2024-03-15 08:00:00", card=NOBODYS_CARD)
    s.visit_a("by nobody known either", None, "2024-03-15 09:00:00", card=NOBODYS_CARD)
    s.visit_b("every line refunded", "out e", "2024-04-01", lines="refunded refunded")
    s.visit_b("one line refunded", "out e", "2024-04-02", lines="refunded charged")
    s.visit_b("no line at all", "out e", "2024-04-03", lines="")
    s.visit_b("health check at the TCM hospital", "out e", "2024-04-04", kind="500")
    s.visit_b("emergency", "out e", "2024-04-05", kind="200")
    s.visit_c("centre in the morning", "out f", "2024-05-06 08:00:00")
    s.visit_c("clinic at noon", "out f", "2024-05-06 12:00:00", at_clinic=True)
    s.visit_c("clinic in the evening", "out f", "2024-05-06 18:00:00", at_clinic=True)
    s.visit_c("void at the clinic", "out g", "2024-05-07", at_clinic=True, invoices="void")
    s.visit_c("last minute of the year", "out g", "2024-12-31 23:59:59")
    s.visit_c("first minute of the year", "out g", "2025-01-01 00:00:00")
    s.visit_c("before the county's history", "out h", "2023-12-31 10:00:00")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("earlier in the department", None),
        ("again in the department", "same_day_duplicate"),
        ("other department", None),
        ("next day", None),
        ("on a second card", "same_day_duplicate"),
        ("all invoices void", "fully_refunded"),
        ("no invoice at all", "fully_refunded"),
        ("one invoice replaced", None),
        ("void in the morning", "fully_refunded"),
        ("back in the afternoon", None),
        ("health check", "health_check"),
        ("still in progress", None),
        ("on 30 February", "set_aside"),
        ("in 2099", "set_aside"),
        ("by a test patient", "set_aside"),
        ("tomorrow, says the clock", "set_aside"),
        ("by nobody known", None),
        # Someone unknown cannot be the same person twice.
        ("by nobody known either", None),
        ("every line refunded", "fully_refunded"),
        ("one line refunded", None),
        ("no line at all", "fully_refunded"),
        ("health check at the TCM hospital", "health_check"),
        ("emergency", None),
        ("centre in the morning", None),
        ("clinic at noon", None),
        ("clinic in the evening", "same_day_duplicate"),
        ("void at the clinic", "fully_refunded"),
    ],
)
def test_an_encounter_counts_or_says_why_not(
    counted: Counted, name: str, reason: str | None
) -> None:
    encounter = counted.encounter(name)
    assert encounter.not_counted_because == reason
    assert encounter.is_counted == (reason is None)


def test_what_was_voided_or_refunded_is_not_charged(counted: Counted) -> None:
    assert counted.encounter("one invoice replaced").net_fee_fen == 1000
    assert counted.encounter("all invoices void").net_fee_fen == 0
    # Two lines of 7 yuan, one of them given back.
    assert counted.encounter("one line refunded").net_fee_fen == 700


def test_a_visit_to_a_clinic_belongs_to_the_person_of_the_centres_card(
    counted: Counted,
) -> None:
    clinic = counted.encounter("clinic at noon")
    assert clinic.institution_code == CLINIC
    assert clinic.person_id == counted.situation.people["out f"]
    assert counted.encounter("centre in the morning").institution_code == CENTRE


def test_an_encounter_before_the_history_is_in_no_case_list(counted: Counted) -> None:
    assert counted.case(CODE, "before the county's history", "2023") is None


@pytest.mark.parametrize(
    ("period", "grain", "org", "numerator", "denominator"),
    [
        # 8 at the county hospital, 2 at the TCM hospital, 3 at the centre and its clinic.
        ("2024", "county", "991525", 3, 13),
        ("202403", "county", "991525", 0, 8),
        ("202404", "county", "991525", 0, 2),
        ("202405", "county", "991525", 2, 2),
        ("202412", "county", "991525", 1, 1),
        ("202501", "county", "991525", 1, 1),
        # The clinic has no group of its own: it goes with its centre.
        ("2024", "group", "G1", 3, 11),
        ("2024", "group", "G2", 0, 2),
    ],
)
def test_the_share_of_primary_visits(
    counted: Counted, period: str, grain: str, org: str, numerator: int, denominator: int
) -> None:
    value = counted.value(CODE, period, grain, org)
    assert (value.numerator, value.denominator) == (numerator, denominator)


def test_a_target_is_met_or_missed_for_the_county_only(counted: Counted) -> None:
    year = counted.value(CODE)
    assert (year.target_value, year.target_met) == (Decimal("0.65"), False)
    assert counted.value(CODE, "202405").target_met
    assert counted.value(CODE, "2024", "group", "G1").target_value is None


def test_a_period_that_is_not_over_is_provisional(counted: Counted) -> None:
    assert counted.value(CODE).status == "final"
    assert counted.value(CODE, "202412").status == "final"
    assert counted.value(CODE, "202501").status == "provisional"
    assert counted.value(CODE, "2025").status == "provisional"
