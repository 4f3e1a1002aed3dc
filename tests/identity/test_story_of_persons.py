"""Whatever happens to persons: links, ids, history, events and the feed tell one story."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Engine

from tests.identity.links_by_hand import (
    ChangingCounty,
    rows_of,
    versions_as_of,
    versions_now,
    write,
)
from tests.identity.messy_people import LINKING_TABLES, forget_everybody, person_of

RUNS = range(1, 25)
SEEDS = (1, 2, 3)
KINDS = ("create", "attach", "detach", "merge", "split", "retire", "reinstate")
# Times of writing are no content.
CONTENT = {
    table: f"select * from identity.{table} order by 1, 2" for table in LINKING_TABLES
} | {
    "link_run": "select run_id, links_changed, persons_changed, ids_issued, ids_retired,"
    " ids_reinstated from identity.link_run order by 1",
    "person_event": "select run_id, type, person_id, other_person_id, record_key, method,"
    " rule, reason, actor, before, after from identity.person_event order by seq",
}
EVENTS = (
    "select type, person_id, other_person_id, record_key from identity.person_event"
    " where run_id = :run_id"
)
Holders = dict[str, str | None]
Events = Counter[tuple[str, str, str | None, str | None]]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_table_tells_what_happened(engine: Engine, seed: int) -> None:
    county = ChangingCounty(seed)
    stood = {0: versions_now(engine)}
    before: Holders = {}
    kinds: Counter[str] = Counter()
    for run_id in RUNS:
        change = write(engine, run_id, **county.all_of(county.live_on(steps=4)))
        after = person_of(engine)
        assert after == county.person_of()
        stood[run_id] = versions_now(engine)
        events: Events = Counter(rows_of(engine, EVENTS, run_id=run_id))
        _each_move_is_told_once(before, after, events)
        _the_feed_names_exactly_the_changed(engine, run_id, before, after)
        _ids_lead_to_the_living(engine, after)
        told = Counter(kind for kind, *_ in events.elements())
        assert told["create"] == change.issued
        assert told["retire"] == change.retired
        assert told["reinstate"] == change.reinstated
        kinds += told
        before = after
    for run_id, links in stood.items():
        assert versions_as_of(engine, run_id) == links
    assert set(kinds) == set(KINDS), "chance left out a kind of event"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_of_a_scope_writes_what_a_full_run_writes(engine: Engine, seed: int) -> None:
    written = []
    for is_full in (False, True):
        with engine.begin() as connection:
            forget_everybody(connection)
        county = ChangingCounty(seed)
        for run_id in RUNS:
            scope = county.live_on(steps=3)
            write(engine, run_id, **county.all_of(None if is_full else scope))
        written.append({name: rows_of(engine, query) for name, query in CONTENT.items()})
    assert written[0] == written[1]


def _each_move_is_told_once(before: Holders, after: Holders, events: Events) -> None:
    expected: Events = Counter()
    begun = {who for kind, who, *_ in events if kind in ("create", "reinstate")}
    vanished = {who for kind, who, into, _ in events if kind == "retire" and not into}
    for record_key in before.keys() | after.keys():
        old, new = before.get(record_key), after.get(record_key)
        if old == new:
            continue
        ways = 0
        if old and new:
            ways += ("merge", new, old) in {event[:3] for event in events}
            ways += ("split", old, new) in {event[:3] for event in events}
        else:
            ways += new in begun or old in vanished
        if not ways:
            ways = 1
            if old:
                expected["detach", old, new, record_key] += 1
            if new:
                expected["attach", new, old, record_key] += 1
        assert ways == 1, "told by two events"
    singly = Counter(
        {event: n for event, n in events.items() if event[0] in ("attach", "detach")}
    )
    assert singly == expected


def _the_feed_names_exactly_the_changed(
    engine: Engine, run_id: int, before: Holders, after: Holders
) -> None:
    had, has = _holdings(before), _holdings(after)
    changed = {who for who in had.keys() | has.keys() if had.get(who) != has.get(who)}
    feed = rows_of(
        engine,
        "select person_id, records_before, records_after from identity.person_change"
        " where run_id = :run_id",
        run_id=run_id,
    )
    assert sorted(feed) == sorted(
        (who, len(had.get(who, ())), len(has.get(who, ()))) for who in changed
    )


def _holdings(people: Holders) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for record_key, person_id in people.items():
        if person_id is not None:
            found.setdefault(person_id, set()).add(record_key)
    return found


def _ids_lead_to_the_living(engine: Engine, after: Holders) -> None:
    ledger = rows_of(
        engine,
        "select person_id, anchor_record_key, status, retired_into"
        " from identity.person_ledger",
    )
    living = {who for who in after.values() if who is not None}
    assert living == {who for who, _, status, _ in ledger if status == "active"}
    for _, anchor, status, into in ledger:
        if status == "active":
            assert into is None
        else:
            assert into is None or into in living
            assert after.get(anchor) in (None, into)
