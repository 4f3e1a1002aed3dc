"""Ids are a function of the records: same for every order, and given back after a split."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlalchemy import Engine, text

from tests.identity.messy_people import (
    FIRST_DAY,
    MessyCounty,
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
