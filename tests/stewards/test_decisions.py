"""Decisions are added and never changed; what is in force follows from them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.decisions import decide, is_same_actor, split
from loaders.stewards.people import NothingLinkedError
from tests.stewards.conftest import Asked
from tests.stewards.county import person_id
from tests.stewards.deciding import ONE, OTHER, agree, chain, in_force, join, say, take_back


def test_one_steward_can_join_what_no_number_keeps_apart(asked: Asked) -> None:
    said = say(asked, "possible_duplicate", "same")
    assert not said.waits_for_approval
    assert in_force(asked) == {asked.pair("possible_duplicate"): "same"}


def test_two_valid_numbers_take_two_stewards(asked: Asked) -> None:
    said = say(asked, "two_numbers", "same")
    assert said.waits_for_approval
    assert in_force(asked) == {}
    with pytest.raises(DecisionRefusedError, match="your own"):
        agree(asked, said.decision_id, ONE)
    with pytest.raises(DecisionRefusedError, match="your own"):
        agree(asked, said.decision_id, f" {ONE} ")
    with pytest.raises(DecisionRefusedError, match="your own"):
        agree(asked, said.decision_id, f"{ONE[0]}\u3000{ONE[1]}")
    agree(asked, said.decision_id, OTHER)
    assert in_force(asked) == {asked.pair("two_numbers"): "same"}
    with pytest.raises(DecisionRefusedError, match="does not wait"):
        agree(asked, said.decision_id, OTHER)


@pytest.mark.parametrize(
    ("name", "typed"),
    [(ONE, f"{ONE} "), (ONE, f"{ONE[0]} {ONE[1]}"), (ONE, f"{ONE[0]}\u3000{ONE[1]}"),
     ("Wang Fang", "WANG  FANG"), ("Wang Fang", "Ｗａｎｇ　Ｆａｎｇ")],
)  # fmt: skip
def test_an_approval_of_ones_own_counts_for_nothing_however_it_got_there(
    asked: Asked, name: str, typed: str
) -> None:
    said = say(asked, "two_numbers", "same", name)
    with asked.engine.begin() as connection:
        connection.execute(
            text(
                "insert into identity.steward_decision (actor, verdict, record_key_a,"
                " record_key_b, reason_code, act_id, approves)"
                " select :actor, 'approve', record_key_a, record_key_b, 'checked_again',"
                " 0, decision_id from identity.steward_decision"
            ),
            {"actor": typed},
        )
    assert in_force(asked) == {}
    assert is_same_actor(name, typed)
    agree(asked, said.decision_id, OTHER)
    assert in_force(asked) != {}


def test_telling_two_valid_numbers_apart_takes_one_steward(asked: Asked) -> None:
    assert not say(asked, "two_numbers", "different").waits_for_approval


def test_the_number_of_the_rest_of_a_person_counts_too(asked: Asked) -> None:
    # The centre's card has no number, but the person has one of its own by now.
    county = asked.county
    county.add(person_id(2), "B", "1", id_number="999999199001010016")
    county.write(asked.engine)
    assert say(asked, "possible_duplicate", "same").waits_for_approval


def test_two_numbers_are_not_joined_by_way_of_a_third(asked: Asked) -> None:
    one, none, other = chain(asked)
    assert not join(asked, one, none).waits_for_approval
    # Nothing is linked yet, but it will be.
    said = join(asked, none, other)
    assert said.waits_for_approval
    assert len(in_force(asked)) == 1
    agree(asked, said.decision_id, OTHER)
    assert len(in_force(asked)) == 2


def test_an_undo_joins_no_two_numbers_either(asked: Asked) -> None:
    one, none, other = chain(asked)
    first = say(asked, "possible_duplicate", "same")
    undone = take_back(asked, first.decision_id)
    second = join(asked, none, other)
    assert not second.waits_for_approval
    with pytest.raises(DecisionRefusedError, match=f"decision {first.decision_id},"):
        take_back(asked, undone)
    assert in_force(asked) == {tuple(sorted((none, other))): "same"}
    # The same by taking back what had replaced it.
    take_back(asked, second.decision_id)
    take_back(asked, undone)
    apart = say(asked, "possible_duplicate", "different")
    join(asked, none, other)
    with pytest.raises(DecisionRefusedError, match=f"decision {first.decision_id},"):
        take_back(asked, apart.decision_id)
    take_back(asked, first.decision_id)
    take_back(asked, apart.decision_id)
    assert in_force(asked) == {tuple(sorted((none, other))): "same"}


def test_the_later_decision_on_a_pair_wins_and_says_so(asked: Asked) -> None:
    pair = asked.pair("possible_duplicate")
    first = say(asked, "possible_duplicate", "same")
    second = say(asked, "possible_duplicate", "different")
    assert second.replaces == (first.decision_id,)
    assert str(first.decision_id) in second.in_words()
    assert in_force(asked) == {pair: "different"}
    # The order in which the records are named makes no other pair of them.
    with asked.engine.begin() as connection:
        third = decide(connection, ONE, "same", *reversed(pair), "document_seen")
    assert third.replaces == (second.decision_id,)
    assert in_force(asked) == {pair: "same"}


def test_an_undo_brings_back_what_stood_before(asked: Asked) -> None:
    pair = asked.pair("possible_duplicate")
    say(asked, "possible_duplicate", "same")
    second = say(asked, "possible_duplicate", "different")
    undone = take_back(asked, second.decision_id)
    assert in_force(asked) == {pair: "same"}
    with pytest.raises(DecisionRefusedError, match=f"undo {undone}"):
        take_back(asked, second.decision_id)
    redone = take_back(asked, undone)
    assert in_force(asked) == {pair: "different"}
    take_back(asked, redone)
    assert in_force(asked) == {pair: "same"}
    # However long the chain of undos, every one turns it over.
    take_back(asked, take_back(asked, take_back(asked, redone + 1)))
    assert in_force(asked) == {pair: "different"}


def test_what_two_approved_and_one_undid_takes_two_again(asked: Asked) -> None:
    said = say(asked, "two_numbers", "same")
    agree(asked, said.decision_id, OTHER)
    undone = take_back(asked, said.decision_id, OTHER)
    assert in_force(asked) == {}
    take_back(asked, undone, OTHER)
    assert in_force(asked) == {}
    with pytest.raises(DecisionRefusedError, match="your own"):
        agree(asked, said.decision_id, OTHER)
    agree(asked, said.decision_id, ONE)
    assert in_force(asked) == {asked.pair("two_numbers"): "same"}


def test_an_approval_can_be_taken_back(asked: Asked) -> None:
    said = say(asked, "two_numbers", "same")
    agree(asked, said.decision_id, OTHER)
    take_back(asked, said.decision_id + 1, OTHER)
    assert in_force(asked) == {}
    agree(asked, said.decision_id, OTHER)
    assert in_force(asked) != {}


def test_a_split_keeps_records_apart_and_is_undone_as_a_whole(asked: Asked) -> None:
    crowd = sorted(
        key for key, person in asked.county.person.items() if person == person_id(9)
    )
    anchor = next(
        key for key, person in asked.county.person.items() if person == person_id(9)
    )
    going = [key for key in crowd if key != anchor][:2]
    with asked.engine.begin() as connection:
        said = split(connection, ONE, person_id(9), going, "wrong_link")
    expected = {tuple(sorted((key, anchor))): "different" for key in going}
    assert in_force(asked) == expected
    take_back(asked, said.decision_id + 1)
    assert in_force(asked) == {}


def test_a_split_without_its_anchor_is_against_the_best_record_that_stays(
    asked: Asked,
) -> None:
    anchor = next(
        key for key, person in asked.county.person.items() if person == person_id(2)
    )
    with asked.engine.begin() as connection:
        split(connection, ONE, person_id(2), [anchor], "wrong_link")
    ((a, b),) = in_force(asked)
    assert anchor in (a, b) and asked.numbers["contract"] in (a, b)


@pytest.mark.parametrize("which", ["nobody", "everybody", "somebody else's"])
def test_a_split_must_leave_somebody_and_take_its_own(asked: Asked, which: str) -> None:
    own = [key for key, person in asked.county.person.items() if person == person_id(9)]
    other = [key for key, person in asked.county.person.items() if person == person_id(1)]
    keys = {"nobody": [], "everybody": own, "somebody else's": other[:1]}[which]
    with pytest.raises(DecisionRefusedError), asked.engine.begin() as connection:
        split(connection, ONE, person_id(9), keys, "wrong_link")
    assert in_force(asked) == {}


def test_a_decision_needs_a_name_a_reason_of_its_own_and_records(asked: Asked) -> None:
    a, b = asked.pair("possible_duplicate")
    for actor, verdict, pair, reason, failure in (
        (" ", "same", (a, b), "document_seen", DecisionRefusedError),
        (ONE, "same", (a, b), "", DecisionRefusedError),
        (ONE, "same", (a, b), "twins", DecisionRefusedError),
        (ONE, "maybe", (a, b), "document_seen", DecisionRefusedError),
        (ONE, "same", (a, a), "document_seen", DecisionRefusedError),
        (ONE, "same", (a, "A|no|such|record"), "document_seen", NothingLinkedError),
    ):
        with pytest.raises(failure), asked.engine.begin() as connection:
            decide(connection, actor, verdict, *pair, reason)
    assert in_force(asked) == {}


def test_where_decisions_stand_is_asked_once_for_all_of_them(asked: Asked) -> None:
    many = 2000
    with asked.engine.begin() as connection:
        connection.execute(
            text(
                "insert into identity.steward_decision (actor, verdict, record_key_a,"
                " record_key_b, reason_code, act_id)"
                " select :actor, 'different', 'K' || n, 'L' || n, 'same_name', n"
                " from generate_series(1, :many) as n"
            ),
            {"actor": ONE, "many": many},
        )
        connection.execute(text("analyze identity.steward_decision"))
        (plan,) = connection.execute(
            text("explain (analyze, format json) select * from identity.active_decision")
        ).scalar_one()
    # No part of the plan is run for each decision but the look-up of its own row.
    assert plan["Plan"]["Actual Rows"] == many
    assert _rows_read(plan["Plan"]) < 100 * many


def _rows_read(node: dict[str, Any]) -> float:
    kept = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    below = sum(_rows_read(part) for part in node.get("Plans", ()))
    return float(node["Actual Loops"] * kept + below)


@pytest.mark.parametrize(
    "statement",
    [
        "update identity.steward_decision set actor = 'x'",
        "delete from identity.steward_decision",
        "truncate identity.steward_decision, identity.decision_record",
        "update identity.decision_record set place = 0",
        "delete from identity.decision_record",
        "truncate identity.decision_record",
        "update audit.reveal set who = 'x'",
        "delete from audit.reveal",
        "truncate audit.reveal",
    ],
)
def test_what_was_decided_or_seen_stays_written(asked: Asked, statement: str) -> None:
    say(asked, "possible_duplicate", "same")
    with pytest.raises(DBAPIError), asked.engine.begin() as connection:
        connection.execute(text(statement))


def test_every_column_of_the_decisions_is_explained(asked: Asked) -> None:
    with asked.engine.connect() as connection:
        unexplained = connection.execute(
            text(
                "select attname from pg_attribute"
                " where attrelid = 'identity.steward_decision'::regclass and attnum > 0"
                " and coalesce(col_description(attrelid, attnum), '') not like '% / %'"
            )
        ).all()
    assert unexplained == []
