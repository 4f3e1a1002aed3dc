"""Queues: what is due when, what has been answered, and what stands next."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text

from loaders.stewards import book
from loaders.stewards.decisions import approve, decide, undo
from loaders.stewards.people import NothingLinkedError
from loaders.stewards.queue import (
    NOT_DONE,
    Question,
    Wanted,
    counts,
    neighbours,
    read_questions,
)
from loaders.stewards.rules import due_on, load_rules, working_days_between
from tests.stewards.conftest import Asked
from tests.stewards.county import FIRST_DAY, TODAY

FRIDAY = date(2025, 1, 3)


def questions(asked: Asked) -> list[Question]:
    with asked.engine.connect() as connection:
        return read_questions(connection, TODAY)


@pytest.mark.parametrize(
    ("seen", "days", "due"),
    [
        (FRIDAY, 1, date(2025, 1, 6)),
        (date(2025, 1, 4), 1, date(2025, 1, 6)),
        (date(2025, 1, 5), 3, date(2025, 1, 8)),
        (date(2025, 1, 6), 10, date(2025, 1, 20)),
    ],
)
def test_weekends_are_nobodys_working_days(seen: date, days: int, due: date) -> None:
    assert due_on(seen, days) == due
    assert working_days_between(seen, due) == days


def test_working_days_are_those_that_a_calendar_counts() -> None:
    start = date(2024, 12, 28)
    for length in range(60):
        day = date.fromordinal(start.toordinal() + length)
        counted = sum(
            date.fromordinal(n).weekday() < 5
            for n in range(start.toordinal() + 1, day.toordinal() + 1)
        )
        assert working_days_between(start, day) == counted
    assert working_days_between(start, FRIDAY.replace(year=2020)) == 0


def test_what_is_promised_per_kind() -> None:
    promised = {code: kind.working_days for code, kind in load_rules().kinds.items()}
    assert promised == {
        "overlay": 1, "contested_id": 3, "newborn": 3, "too_large_cluster": 3,
        "possible_duplicate": 10,
    }  # fmt: skip


def test_questions_fall_due_in_order_and_age(asked: Asked) -> None:
    found = questions(asked)
    assert [one.due_on for one in found] == sorted(one.due_on for one in found)
    assert {one.age for one in found} == {working_days_between(FIRST_DAY, TODAY)}
    late = {one.kind for one in found if one.is_overdue}
    assert late == {"overlay", "contested_id", "newborn", "too_large_cluster"}
    # Of two that fall due together the likelier stands first.
    last = [one.probability for one in found if one.kind == "possible_duplicate"]
    assert last == [0.9992, 0.9931]


def test_an_answer_takes_a_question_out_at_once_and_an_undo_brings_it_back(
    asked: Asked,
) -> None:
    with asked.engine.begin() as connection:
        said = decide(
            connection, "何静", "different", *asked.pair("overlay"), "borrowed_card"
        )
    (overlay,) = (one for one in questions(asked) if one.kind == "overlay")
    assert overlay.state == "decided"
    assert not Wanted().has(overlay) and Wanted(state="decided").has(overlay)
    (count,) = (one for one in counts(questions(asked)) if one.kind == "overlay")
    assert (count.open, count.overdue, count.oldest) == (0, 0, 0)
    with asked.engine.begin() as connection:
        undo(connection, "何静", said.decision_id, "new_evidence")
    (overlay,) = (one for one in questions(asked) if one.kind == "overlay")
    assert overlay.state == "open"


def test_a_proposal_waits_until_it_is_approved_or_contradicted(asked: Asked) -> None:
    def state() -> str:
        number = asked.numbers["two_numbers"]
        (one,) = (one for one in questions(asked) if one.task_id == number)
        return one.state

    pair = asked.pair("two_numbers")
    with asked.engine.begin() as connection:
        said = decide(connection, "何静", "same", *pair, "number_replaced")
    assert state() == "waiting"
    with pytest.raises(book.DecisionRefusedError, match="says so already"):
        with asked.engine.begin() as connection:
            decide(connection, "林涛", "same", *pair, "document_seen")
    with asked.engine.begin() as connection:
        no = decide(connection, "林涛", "different", *pair, "document_seen")
    assert state() == "decided"
    with pytest.raises(book.DecisionRefusedError, match="does not wait"):
        with asked.engine.begin() as connection:
            approve(connection, "林涛", said.decision_id)
    with asked.engine.begin() as connection:
        undo(connection, "林涛", no.decision_id, "decided_by_mistake")
    assert state() == "waiting"
    with asked.engine.begin() as connection:
        approve(connection, "林涛", said.decision_id)
    assert state() == "decided"


def test_two_persons_told_apart_are_not_asked_about_by_other_records(asked: Asked) -> None:
    def states() -> dict[str, str]:
        return {one.reason: one.state for one in questions(asked)}

    pair = asked.pair("possible_duplicate")
    persons = asked.county.person
    other_pair = [
        next(key for key in persons if persons[key] == persons[one] and key != one)
        for one in pair
    ]
    for reason in ("same_vaccination_code_but_known_to_be_two", NOT_DONE):
        asked.county.ask("overlay", *other_pair, reason)
        asked.county.write(asked.engine)
        with asked.engine.begin() as connection:
            said = decide(connection, "何静", "different", *pair, "same_name")
        # But that one steward contradicts another must be heard.
        assert states()[reason] == ("open" if reason == NOT_DONE else "decided")
        with asked.engine.begin() as connection:
            undo(connection, "何静", said.decision_id, "new_evidence")
        assert states()[reason] == "open"
        asked.county.tasks.pop()


def test_a_merge_that_could_not_be_done_stays_a_question(asked: Asked) -> None:
    def asked_again() -> Question:
        (one,) = (one for one in questions(asked) if one.kind == "overlay")
        return one

    pair = asked.pair("overlay")
    with asked.engine.begin() as connection:
        decide(connection, "何静", "same", *pair, "document_seen")
    assert asked_again().state == "decided"
    with asked.engine.begin() as connection:
        connection.execute(
            text("update identity.review_task set reason = :why where kind = 'overlay'"),
            {"why": "steward_but_known_to_be_two"},
        )
    assert asked_again().state == "open" and asked_again().is_contradicted
    with asked.engine.begin() as connection:
        decide(connection, "何静", "different", *pair, "document_seen")
    assert asked_again().state == "decided" and not asked_again().is_contradicted


def test_counts_name_every_kind_also_one_that_nobody_declared(asked: Asked) -> None:
    with asked.engine.begin() as connection:
        connection.execute(
            text("update identity.review_task set kind = 'novelty' where kind = 'newborn'")
        )
    found = {one.kind: one for one in counts(questions(asked))}
    assert found["newborn"].open == 0
    assert found["novelty"].open == 1
    assert set(found) == {*load_rules().kinds, "novelty"}


def test_the_one_before_and_the_one_after(asked: Asked) -> None:
    found = questions(asked)
    ids = [one.task_id for one in found]
    assert neighbours(found, ids[0]) == (None, ids[1])
    assert neighbours(found, ids[2]) == (ids[1], ids[3])
    assert neighbours(found, ids[-1]) == (ids[-2], None)
    assert neighbours(found[1:], ids[0]) == (None, ids[1])
    assert neighbours([], ids[0]) == (None, None)


def test_before_anybody_was_linked_it_says_so(engine: Engine) -> None:
    book.prepare(engine)
    with engine.connect() as connection, pytest.raises(NothingLinkedError):
        read_questions(connection, TODAY)
