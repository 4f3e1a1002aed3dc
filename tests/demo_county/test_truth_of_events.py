"""The truth tells whose each event is, and on whose card it stands."""

from __future__ import annotations

from loaders.demo_county.make import DemoSummary
from tests.demo_county.county_reading import read_truth

CHARGES = {"ZY_FYMX", "TB_HIS_ZY_FEE_DETAIL"}


def test_borrowed_cards_differ_until_they_are_split(week: DemoSummary) -> None:
    events = read_truth(week.folder, "events.csv")
    notes = read_truth(week.folder, "mess.csv")
    struck = {
        kind: {note["native_id"] for note in notes if note["kind"] == kind}
        for kind in ("borrowed_card", "shared_card")
    }
    assert struck["borrowed_card"] and struck["shared_card"]
    on_others = {
        event["native_id"]
        for event in events
        if event["true_person"] != event["booked_on"]
        and event["source_table"] not in CHARGES
    }
    assert on_others == struck["borrowed_card"]
    # Every visit stands on a card that somebody has.
    assert all(event["booked_on"] for event in events)


def test_what_a_newborn_is_charged_stands_on_its_mothers_stay(week: DemoSummary) -> None:
    charges = [
        event
        for event in read_truth(week.folder, "events.csv")
        if event["source_table"] in CHARGES
    ]
    assert {event["source_table"] for event in charges} == CHARGES
    assert all(event["true_person"] != event["booked_on"] for event in charges)


def test_every_event_is_addressed_once(week: DemoSummary) -> None:
    events = read_truth(week.folder, "events.csv")
    keys = [
        tuple(
            event[part]
            for part in ("source_system", "source_table", "org_code", "native_id")
        )
        for event in events
    ]
    assert len(keys) == len(set(keys)) > 1000
