"""People decide about persons: a decision outlasts the record that it names.

Its source can delete that record, or give its key to somebody else.
"""

from __future__ import annotations

import pytest

from loaders.stewards.decisions import decide, split, undo
from tests.stewards.conftest import Asked
from tests.stewards.county import person_id
from tests.stewards.deciding import ONE, chain, delete, in_force, join, say, take_back


def test_what_was_said_of_a_record_that_is_gone_can_be_taken_back(asked: Asked) -> None:
    one, *_ = chain(asked)
    said = say(asked, "possible_duplicate", "same")
    delete(asked, one)
    with asked.engine.begin() as connection:
        undo(connection, ONE, said.decision_id, "new_evidence", "the card was deleted")
    assert in_force(asked) == {}


def others_of(asked: Asked, key: str) -> list[str]:
    """The other records of its person."""
    persons = asked.county.person
    return [one for one in persons if persons[one] == persons[key] and one != key]


def test_a_person_of_whom_nothing_is_left_joins_nobody(asked: Asked) -> None:
    one, none, other = chain(asked)
    say(asked, "possible_duplicate", "same")
    for key in [one, *others_of(asked, one)]:
        delete(asked, key)
    assert not join(asked, none, other).waits_for_approval


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_person_outlasts_the_record_that_was_shown(asked: Asked, verdict: str) -> None:
    one, none, other = chain(asked)
    (insured,) = others_of(asked, one)
    said = say(asked, "possible_duplicate", verdict)
    made = next(made for made in asked.county.rows if made["record_key"] == one)
    delete(asked, one)
    pair = tuple(sorted((insured, none)))
    assert in_force(asked) == {pair: verdict}
    # The number is another record's by now, and still takes a second steward.
    assert join(asked, none, other).waits_for_approval is (verdict == "same")
    # It comes back, and the decision is about itself again.
    asked.county.rows.append(made)
    asked.county.person[one] = person_id(1)
    asked.county.write(asked.engine)
    assert in_force(asked)[tuple(sorted((one, none)))] == verdict
    delete(asked, one)
    take_back(asked, said.decision_id)
    assert pair not in in_force(asked)


def give_away(asked: Asked, key: str, since: str | None) -> None:
    """Let its system give the key to somebody else, or back to whom it named first."""
    made = next(made for made in asked.county.rows if made["record_key"] == key)
    made["named_since"] = since
    asked.county.write(asked.engine)


SINCE = "2025-02-01|cards|0000000002"


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_decision_is_not_about_who_gets_the_key_later(asked: Asked, verdict: str) -> None:
    one, none, _ = chain(asked)
    (insured,) = others_of(asked, one)
    say(asked, "possible_duplicate", verdict)
    give_away(asked, one, SINCE)
    # The person's other record stands in; when it is gone, too, the decision rests.
    assert in_force(asked) == {tuple(sorted((insured, none))): verdict}
    give_away(asked, insured, SINCE)
    assert in_force(asked) == {}
    # What is said of the new holders is about them, and replaces nothing.
    again = join(asked, insured, none)
    assert in_force(asked) == {tuple(sorted((insured, none))): "same"}
    # The keys name again whom they named.
    give_away(asked, one, None)
    give_away(asked, insured, None)
    assert again.replaces == ()
    assert in_force(asked) == {tuple(sorted((one, none))): verdict}


def test_the_latest_word_on_a_pair_is_not_that_on_other_holders(asked: Asked) -> None:
    one, none, _ = chain(asked)
    (insured,) = others_of(asked, one)
    say(asked, "possible_duplicate", "different")
    delete(asked, insured)
    give_away(asked, one, SINCE)
    join(asked, one, none)
    assert list(in_force(asked).values()) == ["same"]
    give_away(asked, one, None)
    assert list(in_force(asked).values()) == ["different"]


def test_a_split_outlasts_the_record_that_it_was_against(asked: Asked) -> None:
    crowd = [key for key, person in asked.county.person.items() if person == person_id(9)]
    anchor, going, *rest = crowd
    with asked.engine.begin() as connection:
        split(connection, ONE, person_id(9), [going], "borrowed_card")
    for gone in (anchor, rest[0]):
        delete(asked, gone)
    ((a, b),) = in_force(asked)
    assert going in (a, b) and {a, b} - {going} < set(rest[1:])
    # Nobody can stand for the record that went: it alone was somebody else's.
    delete(asked, going)
    assert list(in_force(asked)) == [(a, b)]


def test_of_two_decisions_that_come_to_be_about_one_pair_the_later_counts(
    asked: Asked,
) -> None:
    one, none, _ = chain(asked)
    (insured,) = others_of(asked, one)
    first = join(asked, one, none)
    delete(asked, one)
    with asked.engine.begin() as connection:
        second = decide(connection, ONE, "different", insured, none, "document_seen")
    assert second.replaces == (first.decision_id,)
    assert in_force(asked) == {tuple(sorted((insured, none))): "different"}
    take_back(asked, take_back(asked, first.decision_id))
    assert in_force(asked) == {tuple(sorted((insured, none))): "same"}
