"""Each event says who, why, by which record, and by whose decision."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.identity.links_by_hand import (
    events_of_run,
    key,
    keys,
    person,
    rows_of,
    write,
)
from tests.identity.messy_people import person_of

ONE, TWO = person(1), person(2)
DECISIONS_SQL = """
create table identity.steward_decision (
    decision_id bigint generated always as identity primary key,
    decided_at timestamptz not null default clock_timestamp(),
    actor text not null,
    verdict text not null,
    record_key_a text not null,
    record_key_b text not null,
    reason_code text not null,
    act_id bigint not null,
    undoes bigint
)
"""
ACTORS = (
    "select type, actor, decision_id from identity.person_event"
    " where run_id = :run_id and type in ('merge', 'split', 'reinstate', 'retire')"
    " order by seq"
)


@pytest.fixture
def decisions(engine: Engine) -> Iterator[None]:
    """Somewhere for stewards' decisions, where nothing has made it yet."""
    there = rows_of(engine, "select to_regclass('identity.steward_decision') is not null")
    is_ours = there == [(False,)]
    if is_ours:
        with engine.begin() as connection:
            connection.execute(text(DECISIONS_SQL))
    yield
    if is_ours:
        with engine.begin() as connection:
            connection.execute(text("drop table identity.steward_decision"))


def _decide(
    engine: Engine,
    actor: str,
    verdict: str,
    one: str,
    other: str,
    undoes: int | None = None,
) -> int:
    with engine.begin() as connection:
        number = connection.scalar(
            text(
                "insert into identity.steward_decision (actor, verdict, record_key_a,"
                " record_key_b, reason_code, act_id, undoes) select :actor, :verdict, :one,"
                " :other, 'looked_at', coalesce(max(decision_id), 0) + 1, :undoes"
                " from identity.steward_decision returning decision_id"
            ),
            {
                "actor": actor,
                "verdict": verdict,
                "one": one,
                "other": other,
                "undoes": undoes,
            },
        )
    return int(number or 0)


def test_records_that_come_together_are_one_event(engine: Engine) -> None:
    write(engine, 1, [keys(1, 3, 4)], set_aside=keys(9))
    assert events_of_run(engine, 1) == [("create", ONE, None, key(1), "new_records")]
    counts = rows_of(engine, "select before, after, actor from identity.person_event")
    assert counts == [(None, {ONE: 3}, "engine")]


def test_a_record_joins_and_leaves(engine: Engine) -> None:
    write(engine, 1, [keys(1), keys(2)], set_aside=keys(7))
    write(engine, 2, [keys(1, 3, 7), keys(2, 4)])
    assert events_of_run(engine, 2) == [
        ("attach", ONE, None, key(3), "new_record"),
        ("attach", ONE, None, key(7), "no_longer_set_aside"),
        ("attach", TWO, None, key(4), "new_record"),
    ]
    write(engine, 3, [keys(1, 4), keys(2)], set_aside=keys(3))
    assert events_of_run(engine, 3) == [
        ("detach", ONE, None, key(3), "set_aside"),
        ("detach", ONE, None, key(7), "record_gone"),
        ("detach", TWO, ONE, key(4), "moved"),
        ("attach", ONE, TWO, key(4), "moved"),
    ]


def test_a_merge_and_a_split_are_told_by_persons(engine: Engine) -> None:
    write(engine, 1, [keys(1, 3), keys(2, 4, 5)])
    write(engine, 2, [keys(1, 3, 2, 4, 5)])
    assert events_of_run(engine, 2) == [
        ("merge", ONE, TWO, key(2), "now_linked"),
        ("retire", TWO, ONE, None, "merged"),
    ]
    merge = rows_of(
        engine,
        "select method, rule, before, after from identity.person_event"
        " where type = 'merge'",
    )
    assert merge == [("deterministic", "same_id", {ONE: 2, TWO: 3}, {ONE: 5})]
    write(engine, 3, [keys(1, 3), keys(2, 4, 5)])
    assert events_of_run(engine, 3) == [
        ("reinstate", TWO, ONE, key(2), "split_off"),
        ("split", ONE, TWO, key(2), "no_longer_linked"),
    ]
    split = rows_of(
        engine, "select before, after from identity.person_event where type = 'split'"
    )
    assert split == [({ONE: 5}, {ONE: 2, TWO: 3})]


def test_another_anchor_is_another_id_that_the_old_one_leads_to(engine: Engine) -> None:
    write(engine, 1, [keys(2, 3)])
    write(engine, 2, [keys(1, 2, 3)])
    assert events_of_run(engine, 2) == [
        ("create", ONE, TWO, key(1), "other_anchor"),
        ("merge", ONE, TWO, key(2), "other_anchor"),
        ("retire", TWO, ONE, None, "merged"),
    ]
    write(engine, 3, [keys(2, 3)])
    assert events_of_run(engine, 3) == [
        ("reinstate", TWO, ONE, key(2), "other_anchor"),
        ("merge", TWO, ONE, key(2), "other_anchor"),
        ("retire", ONE, TWO, None, "merged"),
        ("detach", ONE, None, key(1), "record_gone"),
    ]


def test_a_person_without_records_is_retired_and_may_come_back(engine: Engine) -> None:
    write(engine, 1, [keys(1), keys(2, 3)])
    write(engine, 2, [keys(1)])
    assert events_of_run(engine, 2) == [("retire", TWO, None, None, "no_record_left")]
    write(engine, 3, [keys(1), keys(2)])
    assert events_of_run(engine, 3) == [
        ("reinstate", TWO, None, key(2), "records_came_back")
    ]


def test_a_record_that_was_there_before_comes_back(engine: Engine) -> None:
    write(engine, 1, [keys(1, 2)])
    write(engine, 2, [keys(1)])
    write(engine, 3, [keys(1, 2, 3)])
    attached = [
        ("attach", ONE, None, key(2), "record_came_back"),
        ("attach", ONE, None, key(3), "new_record"),
    ]
    assert events_of_run(engine, 3) == attached


def test_why_an_id_came_back_is_told_of_whom_most_of_it_came_from(engine: Engine) -> None:
    # Three of its four records were another's, who lives on; the fourth was alone.
    write(engine, 1, [keys(1, 2, 3, 4), keys(5)])
    write(engine, 2, [keys(1), keys(2, 3, 4, 5)])
    assert events_of_run(engine, 2)[0] == ("create", TWO, ONE, key(2), "split_off")


def test_who_decided_stands_with_what_it_caused(engine: Engine, decisions: None) -> None:
    write(engine, 1, [keys(1, 3), keys(2, 4), keys(5), keys(6)])
    same = _decide(engine, "zhang", "same", key(3), key(4))
    # In the same run rules join two others, without anybody's word.
    write(engine, 2, [keys(1, 3, 2, 4), keys(5, 6)])
    assert rows_of(engine, ACTORS, run_id=2) == [
        ("merge", "zhang", same),
        ("merge", "engine", None),
        ("retire", "zhang", same),
        ("retire", "engine", None),
    ]
    undo = _decide(engine, "li", "undo", key(3), key(4), undoes=same)
    write(engine, 3, [keys(1, 3), keys(2, 4), keys(5), keys(6)])
    assert rows_of(engine, ACTORS, run_id=3) == [
        ("reinstate", "li", undo),
        ("reinstate", "engine", None),
        ("split", "li", undo),
        ("split", "engine", None),
    ]
    # What was said before links were last written does not cause what happens later.
    write(engine, 4, [keys(1, 3, 2, 4), keys(5), keys(6)])
    assert rows_of(engine, ACTORS, run_id=4) == [
        ("merge", "engine", None),
        ("retire", "engine", None),
    ]


def test_a_record_that_a_steward_moved_says_so(engine: Engine, decisions: None) -> None:
    write(engine, 1, [keys(1, 3), keys(2, 4)])
    different = _decide(engine, "zhang", "different", key(1), key(3))
    write(engine, 2, [keys(1), keys(2, 3, 4)])
    moved = "select type, actor, decision_id from identity.person_event where run_id = 2"
    assert rows_of(engine, moved + " order by seq") == [
        ("detach", "zhang", different),
        ("attach", "zhang", different),
    ]


def test_an_unmerge_gives_the_ids_back_with_what_came_since(
    engine: Engine, decisions: None
) -> None:
    write(engine, 1, [keys(1, 3), keys(2, 4)])
    write(engine, 2, [keys(1, 3, 2, 4)])
    # What arrives while the two are one belongs to either.
    write(engine, 3, [keys(1, 3, 2, 4, 7, 8)])
    different = _decide(engine, "zhang", "different", key(2), key(3))
    apart = [keys(1, 3, 7), keys(2, 4, 8)]
    change = write(engine, 4, apart)
    assert (change.issued, change.reinstated) == (0, 1)
    assert person_of(engine) == {
        **dict.fromkeys(keys(1, 3, 7), ONE),
        **dict.fromkeys(keys(2, 4, 8), TWO),
    }
    assert rows_of(engine, ACTORS, run_id=4) == [
        ("reinstate", "zhang", different),
        ("split", "zhang", different),
    ]
    ledger = "select person_id, status, retired_into from identity.person_ledger"
    assert sorted(rows_of(engine, ledger)) == sorted(
        [(ONE, "active", None), (TWO, "active", None)]
    )
    assert write(engine, 5, apart).links_changed == 0


def test_an_id_swallowed_earlier_follows_its_own_records(engine: Engine) -> None:
    """Two is in One, One goes into Zero, One comes back: Two leads to One, not to Zero."""

    def two_leads_to() -> list[tuple[str | None]]:
        return rows_of(
            engine,
            "select retired_into from identity.person_ledger where person_id = :two",
            two=TWO,
        )

    write(engine, 1, [keys(0), keys(1), keys(2, 5)])
    write(engine, 2, [keys(0), keys(1, 2, 5)])
    write(engine, 3, [keys(0, 1, 2, 5)])
    assert two_leads_to() == [(person(0),)]
    write(engine, 4, [keys(0), keys(1, 2, 5)])
    assert two_leads_to() == [(ONE,)]
    # When its anchor is gone, it leads to who has the other of its last records.
    write(engine, 5, [keys(0), keys(1, 5)])
    assert two_leads_to() == [(ONE,)]
    write(engine, 6, [keys(0, 5), keys(1)])
    assert two_leads_to() == [(person(0),)]
    # When all it had is gone, it leads where it led, and on when that is retired.
    write(engine, 7, [keys(0), keys(1)])
    assert two_leads_to() == [(person(0),)]
    write(engine, 8, [keys(1)])
    assert two_leads_to() == [(None,)]


def test_events_hold_no_values_and_cannot_be_rewritten(engine: Engine) -> None:
    write(engine, 1, [keys(1), keys(2)])
    write(engine, 2, [keys(1, 2)])
    for before, after in rows_of(engine, "select before, after from identity.person_event"):
        for counts in (before, after):
            assert counts is None or all(
                name.startswith("P") and isinstance(count, int)
                for name, count in json.loads(json.dumps(counts)).items()
            )
    for statement in (
        "update identity.person_event set actor = 'x'",
        "delete from identity.person_event",
    ):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
