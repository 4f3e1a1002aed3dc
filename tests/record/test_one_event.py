"""One event once: which reports are about the same visit, stay, operation or dose."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation
from tests.record.reported_twice import describe_reports


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""
    describe_reports(s)


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
    found = report(counted, f"{page}|operation 1")
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
