"""One event once: which reports are about the same visit, stay, operation or dose.

All of it lies before the years that are reported, so that no figure of other tests moves.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row

from tests.indicators.books import CENTRE, HOSPITAL, NOBODYS_CARD
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

AT_HOSPITAL, AT_TCM, AT_CENTRE, AT_CLINIC = (
    "H99152500001",
    "H99152500002",
    "H99152501001",
    "H99152501101",
)
STAY = {"where": AT_HOSPITAL, "category": "21"}
PEOPLE = (
    "plain",
    "twice a day",
    "fees differ",
    "two bills",
    "given back",
    "at night",
    "next day",
    "elsewhere",
    "village",
    "ward",
    "unnumbered",
    "coded only",
    "operated",
    "services",
    "mistyped",
    "calls",
    "clinic day",
    "child",
    "signed twice",
)


def describe_situation(s: Situation) -> None:
    """Every person shows one rule; an invoice is of 1000 fen, in the township of 500."""
    for person in PEOPLE:
        s.person(f"one event: {person}")
    _visits(s)
    _stays(s)
    _services(s)
    s.dose("first dose", "one event: child", "2022-01-05", number="EB1", unit=CENTRE)
    s.dose("dose again", "one event: child", "2022-01-09", number="SZ1", unit=HOSPITAL)
    s.contract("entered 1", "one event: signed twice", "2022-01-01", "2023-01-01")
    s.contract("entered 2", "one event: signed twice", "2022-01-01", "2023-01-01")
    s.contract("renewed", "one event: signed twice", "2023-01-01", "2024-01-01")


def _visits(s: Situation) -> None:
    who = "one event: plain"
    s.visit_a("plain visit", who, "2022-03-01")
    s.diagnosis_a("plain visit", "J20.900x001", rank=0)
    s.insured_care(
        "plain bill", who, "2022-03-01", where=AT_HOSPITAL, total=1000, diagnosis="J20.900"
    )
    # Two on one day: the money tells which is which, though the clock says otherwise.
    who = "one event: twice a day"
    s.visit_a("morning", who, "2022-03-01 08:00:00")
    s.visit_a(
        "noon", who, "2022-03-01 12:00:00", department="0401", invoices="stands stands"
    )
    for name, total, at in (
        ("bill of noon", 2000, "2022-03-01 08:10:00"),
        ("bill of morning", 1000, "2022-03-01 12:10:00"),
    ):
        s.insured_care(name, who, "2022-03-01", where=AT_HOSPITAL, total=total, at=at)
    who = "one event: fees differ"
    s.visit_a("dear visit", who, "2022-03-01")
    s.diagnosis_a("dear visit", "I10.x00x002", rank=0)
    s.insured_care(
        "cheap bill", who, "2022-03-01", where=AT_HOSPITAL, total=900, diagnosis="E11.900"
    )
    who = "one event: two bills"
    s.visit_a("billed visit", who, "2022-03-01")
    for name, total in (("fitting bill", 1000), ("other bill", 700)):
        s.insured_care(name, who, "2022-03-01", where=AT_HOSPITAL, total=total)
    who = "one event: given back"
    s.visit_a("given back visit", who, "2022-03-01", invoices="void stands")
    s.insured_care(
        "at first", who, "2022-03-01", where=AT_HOSPITAL, total=2000, treatment="M back"
    )
    s.insured_care(
        "taken back",
        who,
        "2022-03-01",
        at="2022-03-09",
        where=AT_HOSPITAL,
        total=2000,
        treatment="M back",
        reverses="at first",
    )
    s.insured_care(
        "in the end",
        who,
        "2022-03-01",
        at="2022-03-09",
        where=AT_HOSPITAL,
        total=1000,
        treatment="M back",
    )
    for night, total in (("at night", 1000), ("next day", 999)):
        who = f"one event: {night}"
        s.visit_a(f"{night} visit", who, "2022-03-01 23:50:00")
        s.insured_care(f"{night} bill", who, "2022-03-02", where=AT_HOSPITAL, total=total)
    s.visit_a("elsewhere visit", "one event: elsewhere", "2022-03-01")
    s.insured_care(
        "elsewhere bill", "one event: elsewhere", "2022-03-01", where=AT_TCM, total=1000
    )
    # A clinic without a contract of its own settles through its centre.
    s.visit_c("village visit", "one event: village", "2022-03-01", at_clinic=True)
    s.insured_care(
        "village bill", "one event: village", "2022-03-01", where=AT_CENTRE, total=500
    )
    s.visit_a("unknown visit", None, "2022-03-01", card=NOBODYS_CARD)


def _stays(s: Situation) -> None:
    who = "one event: ward"
    s.stay_with_record("ward stay", who, "2022-05-01", "2022-05-11", number="777")
    s.stay_line("ward stay", 60000)
    s.stay_line("ward stay", -10000)
    s.coded_page("ward page", who, "2022-05-01", "2022-05-12", number="777", total=50000)
    for name, ends, total in (
        ("part of ward", "2022-05-06", 20000),
        ("rest", "2022-05-11", 30000),
    ):
        s.insured_care(
            name, who, "2022-05-01", ends=ends, total=total, treatment="M ward", **STAY
        )
    who = "one event: unnumbered"
    s.stay_a("first stay", who, "2022-05-01", "2022-05-11")
    s.stay_a("second stay", who, "2022-05-13", "2022-05-20")
    s.coded_page("page of second", who, "2022-05-13", "2022-05-20", number="0")
    s.coded_page("page near first", who, "2022-05-02", "2022-05-11", number="0")
    s.coded_page("page of none", who, "2022-05-17", "2022-05-20", number="0")
    who = "one event: coded only"
    s.coded_page("page without stay", who, "2022-06-01", "2022-06-04", number="0")
    s.insured_care("ward bill", who, "2022-06-01", ends="2022-06-04", total=9000, **STAY)
    who = "one event: operated"
    s.stay_b("surgery", who, "2022-05-01", "2022-05-11")
    s.listed_operation("listed", "surgery", "47.09", "2022-05-02 10:00:00")
    s.coded_page(
        "surgery page",
        who,
        "2022-05-01",
        "2022-05-11",
        number="0",
        operation=("47.0901", "2022-05-02"),
        at_tcm_hospital=True,
    )


def _services(s: Situation) -> None:
    who = "one event: services"
    s.contract("contract of services", who, "2022-01-01", "2023-01-01")
    s.visit_c("visit with service", who, "2022-04-01")
    s.service(
        "service with number",
        "contract of services",
        "2022-04-02",
        visit="visit with service",
        mode="2",
    )
    s.service(
        "second service", "contract of services", "2022-04-01", visit="visit with service"
    )
    who = "one event: mistyped"
    s.contract("contract of mistyped", who, "2022-01-01", "2023-01-01")
    s.service(
        "service with wrong number",
        "contract of mistyped",
        "2022-04-01",
        visit="visit with service",
    )
    who = "one event: calls"
    s.contract("contract of calls", who, "2022-01-01", "2023-01-01")
    s.follow_up(who, "2022-04-01", way="5", number="call")
    s.service("call as service", "contract of calls", "2022-04-01", mode="3")
    s.service("app as service", "contract of calls", "2022-04-01", mode="4")
    who = "one event: clinic day"
    s.visit_c("clinic visit", who, "2022-04-01", at_clinic=True)
    s.follow_up(who, "2022-04-01", way="1", number="seen at the clinic")
    s.follow_up(who, "2022-04-02", way="1", number="seen a day later")


def report(counted: Counted, name: str) -> Row[Any]:
    """What was found of the report of that name."""
    (row,) = counted.rows(
        "select * from record.event_group where event_id = :id",
        id=counted.situation.ids.get(name, name),
    )
    return row


def leads(counted: Counted, *names: str) -> bool:
    """Whether the first of them leads the group in which all are."""
    lead = counted.situation.ids[names[0]]
    return all(report(counted, name).group_event_id == lead for name in names)


def conflicts(counted: Counted, name: str) -> dict[str, int]:
    """In which facts the report differs from the one that leads, and by how much."""
    rows = counted.rows(
        "select aspect, difference from record.event_conflict where event_id = :id",
        id=counted.situation.ids[name],
    )
    return {row.aspect: row.difference for row in rows}


@pytest.mark.parametrize(
    ("lead", "source", "rule"),
    [
        ("plain visit", "plain bill", "OP-SETL-FEE"),
        ("morning", "bill of morning", "OP-SETL-FEE"),
        ("noon", "bill of noon", "OP-SETL-FEE"),
        ("dear visit", "cheap bill", "OP-SETL-DAY"),
        ("billed visit", "fitting bill", "OP-SETL-FEE"),
        ("given back visit", "at first", "OP-SETL-FEE"),
        ("at night visit", "at night bill", "OP-SETL-NIGHT"),
        ("village visit", "village bill", "OP-SETL-CENTRE"),
        ("ward stay", "ward page", "IP-PAGE-NUMBER"),
        ("ward stay", "part of ward", "IP-SETL-DAYS"),
        ("second stay", "page of second", "IP-PAGE-DAYS"),
        ("first stay", "page near first", "IP-PAGE-NEAR"),
        ("ward bill", "page without stay", "IP-PAGE-SETL"),
        ("visit with service", "service with number", "FD-VISIT-NUMBER"),
        ("visit with service", "second service", "FD-VISIT-NUMBER"),
        ("one event: calls: call", "call as service", "FD-FOLLOW-UP"),
        ("clinic visit", "one event: clinic day: seen at the clinic", "PH-VISIT-DAY"),
        ("first dose", "dose again", "PH-DOSE"),
        ("entered 1", "entered 2", "FD-CONTRACT"),
    ],
)
def test_a_report_joins_the_event_that_it_is_about(
    counted: Counted, lead: str, source: str, rule: str
) -> None:
    assert leads(counted, lead, source)
    assert report(counted, lead).source_role == "lead"
    found = report(counted, source)
    assert (found.source_role, found.rule_id) == ("same_event", rule)


@pytest.mark.parametrize(
    "name",
    [
        # The visit has a bill that fits better.
        "other bill",
        # A day apart and another sum: that may be anything.
        "next day bill",
        "elsewhere bill",
        "page of none",
        # The number leads to somebody else's visit.
        "service with wrong number",
        "app as service",
        "one event: clinic day: seen a day later",
        "renewed",
        "unknown visit",
    ],
)
def test_a_report_of_nothing_else_stands_for_itself(counted: Counted, name: str) -> None:
    assert report(counted, name).source_role == "lead"


def test_all_settlements_of_a_treatment_are_one_source(counted: Counted) -> None:
    assert leads(counted, "given back visit", "at first", "taken back", "in the end")
    roles = [report(counted, name).source_role for name in ("taken back", "in the end")]
    assert roles == ["further_row", "further_row"]
    # 2000 − 2000 + 1000 is what the one standing invoice is of.
    assert report(counted, "at first").fee_apart_fen == 0
    assert leads(counted, "ward stay", "part of ward", "rest")
    assert report(counted, "rest").source_role == "further_row"


def test_an_operation_of_two_lists_is_one(counted: Counted) -> None:
    page = counted.situation.ids["surgery page"]
    found = report(counted, f"{page}|operation|1")
    assert found.group_event_id == counted.situation.ids["listed"]
    assert found.rule_id == "OP-PAGE-LIST"


def test_sources_that_agree_are_in_no_conflict(counted: Counted) -> None:
    # The national edition says J20.900x001 where the insurer's says J20.900.
    assert conflicts(counted, "plain bill") == {}
    assert conflicts(counted, "part of ward") == {}


def test_where_sources_differ_it_is_shown_by_how_much(counted: Counted) -> None:
    assert conflicts(counted, "cheap bill") == {"fee": -100, "diagnosis": 1}
    assert conflicts(counted, "at night bill") == {"begin": 1, "end": 1}
    assert conflicts(counted, "ward page") == {"end": 1}
    assert conflicts(counted, "village bill") == {"institution": 1}


def test_every_event_is_in_one_group_and_every_group_has_its_lead(
    counted: Counted,
) -> None:
    events = counted.rows("select event_id, group_event_id from record.event_group")
    groups = dict(tuple(row) for row in events)
    assert len(groups) == len(events)
    assert all(groups[group] == group for group in groups.values())
    known = counted.rows("select encounter_id from record.encounter")
    known += counted.rows("select event_id from record.settlement")
    assert {row[0] for row in known} <= set(groups)
