"""Events that two systems report, and reports that only look alike.

All of it lies before the years that are reported, so that no figure of other tests moves.
"""

from __future__ import annotations

from tests.indicators.books import CENTRE, HOSPITAL, NOBODYS_CARD
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


def describe_reports(s: Situation) -> None:
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
