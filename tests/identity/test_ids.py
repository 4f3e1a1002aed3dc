"""Ids are a function of the records: same for every order, and given back after a split."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from tests.identity.messy_people import (
    FIRST_DAY,
    MessyCounty,
    Row,
    dump,
    forget_everybody,
    link,
    make_id,
    person_of,
    row,
)

BORN = date(1963, 7, 15)
ID = make_id(BORN, 123)
OTHER_ID = make_id(BORN, 125)


def _ledger(engine: Engine) -> dict[str, tuple[str, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("select person_id, status, retired_into from identity.person_ledger")
        )
        return {person_id: (status, into) for person_id, status, into in rows}


def test_the_order_of_rows_changes_nothing(engine: Engine) -> None:
    county = MessyCounty(people=150, seed=3)
    link(engine, county.rows)
    tables = ("person_link", "person_ledger", "review_task")
    before = {table: dump(engine, table) for table in tables}
    with engine.begin() as connection:
        forget_everybody(connection)
    shuffled = list(county.rows)
    Random(1).shuffle(shuffled)
    link(engine, shuffled)
    assert {table: dump(engine, table) for table in tables} == before


def test_a_second_run_writes_nothing(engine: Engine) -> None:
    county = MessyCounty(people=60, seed=4)
    first = link(engine, county.rows, run_id=1)
    second = link(engine, county.rows, run_id=2)
    assert first.ledger.issued == first.persons
    assert (second.ledger.issued, second.ledger.links_changed) == (0, 0)
    with engine.connect() as connection:
        written = connection.scalar(
            text("select count(distinct xmin::text) from identity.person_link")
        )
    assert written == 1


def test_day_by_day_ends_in_the_same_persons_as_all_at_once(engine: Engine) -> None:
    county = MessyCounty(people=150, seed=5)
    for day in range(4):
        known = FIRST_DAY + timedelta(day)
        rows = [made for made in county.rows if made["first_delivery_on"] <= known]
        link(engine, rows, run_id=day)
    day_by_day = dump(engine, "person_link")
    alive = {
        person for person, (status, _) in _ledger(engine).items() if status == "active"
    }
    with engine.begin() as connection:
        forget_everybody(connection)
    link(engine, county.rows)
    assert dump(engine, "person_link") == day_by_day
    assert set(_ledger(engine)) == alive


def test_an_id_is_retired_by_a_merge_then_given_back_by_a_split(engine: Engine) -> None:
    one = row("A", "1", person_name="王建国", born_on=BORN, id_number=ID)
    other = row("B", "2", person_name="王建国", born_on=BORN, id_number=OTHER_ID)
    link(engine, [one, other], run_id=1)
    apart = person_of(engine)
    a, b = apart[one["record_key"]], apart[other["record_key"]]
    assert a and b and a != b

    merged = link(engine, [one, {**other, "id_number": ID}], run_id=2)
    assert set(person_of(engine).values()) == {a}
    assert _ledger(engine) == {a: ("active", None), b: ("retired", a)}
    assert merged.ledger.retired == 1

    split = link(engine, [one, other], run_id=3)
    assert person_of(engine) == apart
    assert _ledger(engine) == {a: ("active", None), b: ("active", None)}
    assert (split.ledger.issued, split.ledger.reinstated) == (0, 1)


def test_a_retired_id_leads_to_the_living(engine: Engine) -> None:
    third_id = make_id(BORN, 127)
    rows = [
        row("A", "1", person_name="王建国", born_on=BORN, id_number=ID),
        row("B", "2", person_name="王建国", born_on=BORN, id_number=OTHER_ID),
        row("C", "3", person_name="王建国", born_on=BORN, id_number=third_id),
    ]
    link(engine, rows, run_id=1)
    found = person_of(engine)
    a, b, c = (found[made["record_key"]] for made in rows)
    rows[2] = {**rows[2], "id_number": OTHER_ID}
    link(engine, rows, run_id=2)
    assert _ledger(engine)[str(c)] == ("retired", b)
    rows[1], rows[2] = {**rows[1], "id_number": ID}, {**rows[2], "id_number": ID}
    link(engine, rows, run_id=3)
    assert _ledger(engine) == {
        str(a): ("active", None),
        str(b): ("retired", a),
        str(c): ("retired", a),
    }


def test_a_person_whose_records_are_gone_is_retired_into_nobody(engine: Engine) -> None:
    kept = row("A", "1", person_name="王建国", born_on=BORN, id_number=ID)
    gone = row("E", "2", person_name="李小红", born_on=BORN)
    link(engine, [kept, gone], run_id=1)
    person = person_of(engine)[gone["record_key"]]
    link(engine, [kept], run_id=2)
    assert _ledger(engine)[str(person)] == ("retired", None)


SINCE = "2025-01-05|cards of the 5th|0000000007"
GIVEN_ON = FIRST_DAY + timedelta(4)
HOLDER = {"person_name": "王建国", "born_on": BORN, "id_number": ID}
NEXT_HOLDER = {"person_name": "李秀兰", "born_on": date(1971, 2, 9), "id_number": OTHER_ID}


def _card(holder: dict[str, Any], since: str | None = None) -> Row:
    """A card whose key names this holder, since the line `since` when others had it."""
    known = {"first_delivery_on": GIVEN_ON} if since else {}
    return row("A", "1", **holder, named_since=since, **known)


def test_a_card_that_is_given_to_somebody_else_gives_no_id_away(engine: Engine) -> None:
    contract = row("E", "2", **HOLDER, first_delivery_on=FIRST_DAY + timedelta(1))
    card = _card(HOLDER)["record_key"]
    link(engine, [_card(HOLDER), contract], run_id=1)
    first = person_of(engine)[card]

    link(engine, [_card(NEXT_HOLDER, SINCE), contract], run_id=2)
    found = person_of(engine)
    former, new = found[contract["record_key"]], found[card]
    assert len({first, former, new}) == 3
    # The former holder is still found by the id of before; who has the card now is not.
    assert _ledger(engine) == {
        first: ("retired", former), former: ("active", None), new: ("active", None)
    }  # fmt: skip
    assert _events(engine, 2) == [
        ("create", former, first, contract["record_key"], "other_anchor"),
        ("create", new, None, card, "new_records"),
        ("merge", former, first, contract["record_key"], "other_anchor"),
        ("retire", first, former, None, "merged"),
        ("detach", first, None, card, "names_another"),
    ]

    link(engine, [_card(HOLDER), contract], run_id=3)
    assert set(person_of(engine).values()) == {first}
    assert _ledger(engine) == {
        first: ("active", None), former: ("retired", first), new: ("retired", None)
    }  # fmt: skip
    link(engine, [_card(NEXT_HOLDER, SINCE), contract], run_id=4)
    assert person_of(engine) == found


def test_who_gets_a_card_keeps_the_own_id(engine: Engine) -> None:
    own = row("B", "3", **NEXT_HOLDER, first_delivery_on=FIRST_DAY + timedelta(1))
    link(engine, [_card(HOLDER), own], run_id=1)
    first, theirs = person_of(engine).values()
    given = [_card(NEXT_HOLDER, SINCE), own]
    link(engine, given, run_id=2)
    assert set(person_of(engine).values()) == {theirs}
    # Nothing is left of the former holder: the old id leads to nobody.
    assert _ledger(engine) == {first: ("retired", None), theirs: ("active", None)}
    assert _events(engine, 2) == [
        ("retire", first, None, None, "no_record_left"),
        ("attach", theirs, None, given[0]["record_key"], "names_another"),
    ]
    by_steps = dump(engine, "person_link")
    with engine.begin() as connection:
        forget_everybody(connection)
    link(engine, given)
    assert dump(engine, "person_link") == by_steps


def test_an_id_that_had_been_swallowed_does_not_lead_to_the_next_holder(
    engine: Engine,
) -> None:
    older = row("B", "3", **HOLDER)
    apart = {**older, "id_number": make_id(BORN, 127)}
    link(engine, [_card(HOLDER), apart], run_id=1)
    card, other = person_of(engine).values()
    link(engine, [_card(HOLDER), older], run_id=2)
    assert _ledger(engine) == {card: ("active", None), other: ("retired", card)}
    link(engine, [_card(NEXT_HOLDER, SINCE), older], run_id=3)
    found = person_of(engine)
    assert found[older["record_key"]] == other
    assert _ledger(engine) == {
        card: ("retired", other), other: ("active", None),
        found[_card(HOLDER)["record_key"]]: ("active", None),
    }  # fmt: skip


def test_two_persons_after_another_have_ids_of_their_own(engine: Engine) -> None:
    ids = []
    third = {"person_name": "赵丽华", "born_on": date(1988, 11, 30)}
    for since, holder in (
        (None, HOLDER), (SINCE, NEXT_HOLDER), (SINCE[:-1] + "8", third)
    ):  # fmt: skip
        link(engine, [_card(holder, since)], run_id=len(ids) + 1)
        ids += person_of(engine).values()
    assert len(set(ids)) == 3


def _events(engine: Engine, run_id: int) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "select type, person_id, other_person_id, record_key, reason"
                " from identity.person_event where run_id = :run_id order by seq"
            ),
            {"run_id": run_id},
        )
        return [tuple(one) for one in rows]
