"""Contracts and what they promise, referrals and where they lead, staff without names."""

from __future__ import annotations

import pytest

from tests.indicators.books import CENTRE, CLINIC, HOSPITAL, TCM_HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

NUMBERS = {"roster": "991525197001010015", "not on the roster": "991525197001010023"}


def describe_situation(s: Situation) -> None:
    """All of it lies before the years that are reported."""
    for person in (
        "promised",
        "up",
        "up late",
        "up twice",
        "refused",
        "down",
        "named",
        "out",
        "consulted",
    ):
        s.person(person)
    s.package("P1", {"I01": 4, "I02": 12})
    s.package("P2", {"I02": 3})
    s.contract_with("promise", "promised", "2021-06-01", "P1、P2|P9")
    for day, item in (("2021-07-01", "I02"), ("2021-08-01", "I02"), ("2021-09-01", "I05")):
        s.service(f"{item} on {day}", "promise", day, item=item, mode="4")
    s.service("not served", "promise", "2021-09-02", item="I01", mode="4", cancelled=True)
    s.service("too early", "promise", "2021-05-31", item="I01", mode="4")

    s.referral("accepted", "up", "2021-03-01")
    s.visit_a("visit within days", "up", "2021-03-15")
    s.referral("accepted too early", "up late", "2021-03-01")
    s.visit_a("visit after fifteen days", "up late", "2021-03-16")
    s.visit_a("check of health", "up late", "2021-03-02", kind="5")
    s.visit_a("given back in full", "up late", "2021-03-03", invoices="void")
    # One visit serves one referral: the nearer, though it was submitted later.
    s.referral("earlier", "up twice", "2021-03-01")
    s.referral("nearer", "up twice", "2021-03-04")
    s.visit_a("visit for the nearer", "up twice", "2021-03-05")
    s.referral("not wanted", "refused", "2021-03-01", status="2")
    s.visit_a("came anyway", "refused", "2021-03-02")
    s.referral(
        "back home", "down", "2021-03-01", to=CENTRE, direction="2", left="2021-02-28"
    )
    s.visit_c("seen at home", "down", "2021-03-30")
    # Two visits on one day, of which the second is the one that the doctor meant.
    s.referral("typed", "named", "2021-03-01")
    s.visit_a("without number", "named", "2021-03-02 08:00:00")
    s.visit_a("with number", "named", "2021-03-02 15:00:00", department="0401")
    s.types_referral("with number", "typed")
    s.referral("to the city", "out", "2021-03-01", to="12991502MB000128J8")
    s.insured_care("seen in the city", "out", "2021-03-14", where="H99150200001", total=900)
    s.consultation("advice", "consulted", "2021-03-01", [TCM_HOSPITAL, HOSPITAL, HOSPITAL])

    s.staff("张三", "0007", NUMBERS["roster"])
    s.posting("张三", f" {NUMBERS['roster']}", "2021-02-01", to=CENTRE)
    s.posting("李四", NUMBERS["not on the roster"], "2021-02-01", to=CLINIC)


@pytest.mark.parametrize(
    ("item", "promised", "performed", "remaining"),
    # P1 and P2 promise I02 together; nobody promised I05; what was taken back is none.
    [("I01", 4, 1, 3), ("I02", 15, 2, 13), ("I05", 0, 1, 0)],
)
def test_packages_add_up_and_services_are_counted(
    counted: Counted, item: str, promised: int, performed: int, remaining: int
) -> None:
    (row,) = counted.rows(
        "select * from record.entitlement where contract_id = 'promise'"
        " and item_code = :item",
        item=item,
    )
    found = (row.promised_count, row.performed_count, row.remaining_count)
    assert found == (promised, performed, remaining)
    assert row.person_id == counted.situation.people["promised"]


def test_a_package_that_nobody_lists_is_shown_as_such(counted: Counted) -> None:
    rows = counted.rows(
        "select package_code, is_listed from record.contract_package"
        " where contract_id = 'promise' order by 1"
    )
    assert [tuple(row) for row in rows] == [("P1", True), ("P2", True), ("P9", False)]


def test_a_service_before_the_contract_is_shown_as_such(counted: Counted) -> None:
    rows = counted.rows(
        "select service_id from record.service_performed"
        " where contract_id = 'promise' and not is_under_contract"
    )
    assert [tuple(row) for row in rows] == [("too early",)]


@pytest.mark.parametrize(
    ("referral", "arrival", "days"),
    [
        ("accepted", "visit within days", 14),
        ("accepted too early", None, None),
        ("nearer", "visit for the nearer", 1),
        ("earlier", None, None),
        ("not wanted", None, None),
        ("back home", "seen at home", 30),
        ("typed", "with number", 1),
        ("to the city", "seen in the city", 13),
    ],
)
def test_a_referral_leads_to_the_care_that_followed_it(
    counted: Counted, referral: str, arrival: str | None, days: int | None
) -> None:
    (row,) = counted.rows(
        "select * from record.referral where referral_number = :number", number=referral
    )
    expected = counted.situation.ids[arrival] if arrival else None
    assert (row.arrival_event_id, row.days_to_arrival) == (expected, days)
    assert row.has_arrived is (arrival is not None)


def test_a_referral_knows_the_visit_at_which_it_was_named(counted: Counted) -> None:
    (row,) = counted.rows(
        "select named_by_encounter_id from record.referral where referral_number = 'typed'"
    )
    assert row.named_by_encounter_id == counted.situation.ids["with number"]


def test_of_experts_only_the_institutions_are_kept(counted: Counted) -> None:
    (row,) = counted.rows("select * from record.consultation")
    assert row.expert_count == 3
    assert row.expert_institution_codes == f"{HOSPITAL},{TCM_HOSPITAL}"
    assert "某某" not in str(tuple(row))


def test_a_posting_knows_its_staff_and_no_number(counted: Counted) -> None:
    (member,) = counted.rows("select * from record.staff")
    postings = counted.rows("select * from record.posting order by is_on_roster")
    assert [row.staff_id == member.staff_id for row in postings] == [False, True]
    assert [row.to_institution_code for row in postings] == [CLINIC, CENTRE]
    everything = str([tuple(member), *(tuple(row) for row in postings)])
    for number in NUMBERS.values():
        assert number not in everything
    assert "张三" not in everything
