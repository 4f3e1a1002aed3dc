"""A steward's word about one event: added, taken back, never changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.event_owner import give_event, prepare, take_event_back
from loaders.stewards.note import NoteRefusedError
from loaders.stewards.people import NothingLinkedError
from tests.stewards.conftest import Asked

ACTOR, VISIT = "何静", "A|YS_MZ_JZLS|1|77"


@pytest.fixture
def visited(asked: Asked) -> Iterator[tuple[Asked, str, str]]:
    """A visit on the card of one side of a question; both sides' records."""
    prepare(asked.engine)
    holder, other = asked.pair("possible_duplicate")
    with asked.engine.begin() as connection:
        connection.execute(text("create schema if not exists record"))
        connection.execute(
            text("create table record.encounter as select 'x' encounter_id, 'x' person_id")
        )
        connection.execute(
            text("insert into record.encounter values (:visit, :person)"),
            {"visit": VISIT, "person": _person(asked, holder)},
        )
    yield asked, holder, other
    with asked.engine.begin() as connection:
        connection.execute(text("drop table record.encounter"))


def _person(asked: Asked, key: str) -> str:
    with asked.engine.connect() as connection:
        found = connection.scalar(
            text("select person_id from identity.person_link where record_key = :key"),
            {"key": key},
        )
    return str(found)


def _owners(asked: Asked) -> list[tuple[str, str]]:
    with asked.engine.connect() as connection:
        rows = connection.execute(
            text("select event_record_key, owner_record_key from identity.event_owner")
        )
        return [tuple(row) for row in rows]


def test_the_latest_word_counts_and_can_be_taken_back(
    visited: tuple[Asked, str, str],
) -> None:
    asked, _, other = visited
    with asked.engine.begin() as connection:
        first = give_event(connection, ACTOR, VISIT, other, "borrowed_card")
    assert _owners(asked) == [(VISIT, other)]
    with asked.engine.begin() as connection:
        second = take_event_back(connection, ACTOR, VISIT, "new_evidence")
    assert second > first
    assert _owners(asked) == []
    with asked.engine.begin() as connection:
        give_event(connection, ACTOR, VISIT, _person(asked, other), "person_confirmed")
    assert [event for event, _ in _owners(asked)] == [VISIT]


def test_a_word_is_taken_back_although_the_owners_record_is_gone(
    visited: tuple[Asked, str, str],
) -> None:
    asked, _, other = visited
    with asked.engine.begin() as connection:
        give_event(connection, ACTOR, VISIT, other, "borrowed_card")
        for table in ("person_link", "source_person"):
            connection.execute(
                text(f"delete from identity.{table} where record_key = :key"),
                {"key": other},
            )
        take_event_back(connection, ACTOR, VISIT, "new_evidence", "the card was deleted")
    assert _owners(asked) == []


def test_a_word_outlasts_the_record_that_it_names(visited: tuple[Asked, str, str]) -> None:
    """Another record of its person stands in, until the first is back."""
    asked, _, other = visited
    (more,) = (
        key
        for key, person in asked.county.person.items()
        if person == asked.county.person[other] and key.startswith("E|")
    )
    with asked.engine.begin() as connection:
        give_event(connection, ACTOR, VISIT, other, "borrowed_card")

    def becomes(key: str, change: str) -> list[tuple[str, str]]:
        with asked.engine.begin() as connection:
            connection.execute(text(f"{change} where record_key = :key"), {"key": key})
        return _owners(asked)

    given_away = "update identity.source_person set named_since = '2025-02-01|cards||2'"
    assert becomes(other, given_away) != [(VISIT, other)]
    ((_, owner),) = _owners(asked)
    assert asked.county.person[owner] == asked.county.person[other]
    # Nobody stands for a key that names somebody else.
    for key in set(asked.county.person) - {other}:
        becomes(key, given_away)
    assert _owners(asked) == []
    given_back = "update identity.source_person set named_since = null"
    assert becomes(more, given_back) == [(VISIT, more)]
    assert becomes(other, given_back) == [(VISIT, other)]
    assert becomes(other, "delete from identity.source_person") == [(VISIT, more)]
    # All are gone: the word waits until one is back, as it did before.
    assert becomes(more, "delete from identity.source_person") == [(VISIT, other)]


def test_a_retired_id_owns_nothing_and_says_who_does(
    visited: tuple[Asked, str, str],
) -> None:
    asked, _, other = visited
    with asked.engine.begin() as connection:
        connection.execute(
            text(
                "insert into identity.person_ledger values"
                " ('PMERGED', 'a record', '2025-01-06', 'retired', :into, 1, 2)"
            ),
            {"into": _person(asked, other)},
        )
        with pytest.raises(NothingLinkedError, match=f"those of {_person(asked, other)}"):
            give_event(connection, ACTOR, VISIT, "PMERGED", "borrowed_card")


def test_what_makes_no_sense_is_refused(visited: tuple[Asked, str, str]) -> None:
    asked, holder, other = visited
    refused = [
        ("no such event", other, "borrowed_card"),
        (VISIT, "P nobody", "borrowed_card"),
        (VISIT, holder, "borrowed_card"),
        (VISIT, other, "no_reason"),
    ]
    for event, owner, reason in refused:
        with asked.engine.begin() as connection, pytest.raises(DecisionRefusedError):
            give_event(connection, ACTOR, event, owner, reason)
    with asked.engine.begin() as connection, pytest.raises(DecisionRefusedError):
        take_event_back(connection, ACTOR, VISIT, "new_evidence")
    with asked.engine.begin() as connection, pytest.raises(NoteRefusedError):
        give_event(connection, ACTOR, VISIT, other, "borrowed_card", "13812345678")
    assert _owners(asked) == []


def test_a_word_is_never_changed(visited: tuple[Asked, str, str]) -> None:
    asked, _, other = visited
    with asked.engine.begin() as connection:
        give_event(connection, ACTOR, VISIT, other, "borrowed_card")
    for change in ("update identity.event_decision set actor = 'x'",
                   "delete from identity.event_decision",
                   "delete from identity.event_stand_in"):  # fmt: skip
        with pytest.raises(DBAPIError), asked.engine.begin() as connection:
            connection.execute(text(change))
