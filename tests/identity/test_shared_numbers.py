"""Numbers, cards and indexes on which two people stand: who owns them, and who is asked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, text

from tests.identity.few_people import BORN, HOME, ID, OTHER_ID, persons, tasks
from tests.identity.messy_people import make_id, row


def test_a_borrowed_card_stays_with_the_one_who_used_it(engine: Engine) -> None:
    borrower_born = date(1954, 5, 25)
    own = make_id(borrower_born, 321)
    claims = {
        "person_name": "邱建勇",
        "born_on": borrower_born,
        "sex_code": "1",
        "phone": "16499999999",
        "address": "乙镇西河村北院组3号",
    }
    owner, on_card, at_home = persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="金富",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
            row("C", "2", id_number=ID, **claims),
            row("D", "3", id_number=own, **claims),
        ],
    )
    assert on_card == at_home != owner
    assert tasks(engine) == {"contested_id": 1}
    with engine.connect() as connection:
        contested = set(
            connection.scalars(
                text("select record_key from identity.person_link where is_contested")
            )
        )
    assert contested == {"A|MS_BRDA||1|", "C|ms_brda||2|"}


def test_one_number_with_one_birthday_and_two_names_waits_for_a_human(
    engine: Engine,
) -> None:
    a, b = persons(
        engine,
        [
            row(
                "A",
                "1",
                person_name="金富",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
            row(
                "C",
                "2",
                person_name="邱建勇",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                **HOME,
            ),
        ],
    )
    assert a != b
    assert tasks(engine) == {"contested_id": 1}


def test_a_relatives_index_and_card_link_nobody(engine: Engine) -> None:
    a, b = persons(
        engine,
        [
            row(
                "D",
                "1",
                person_name="王建国",
                born_on=BORN,
                sex_code="1",
                id_number=ID,
                health_index_id="E1",
                insurance_number="999100",
                **HOME,
            ),
            row(
                "C",
                "2",
                person_name="李小红",
                born_on=date(1990, 3, 4),
                sex_code="2",
                health_index_id="E1",
                insurance_number="999100",
                **HOME,
            ),
        ],
    )
    assert a != b


def test_a_twin_on_its_twins_card_stays_itself(engine: Engine) -> None:
    one = {"person_name": "王子文", "born_on": BORN, "sex_code": "1", **HOME}
    other = {**one, "person_name": "王子武"}
    rows = [
        row("A", "1", id_number=ID, **one),
        row("B", "2", id_number=ID, **one),
        row("A", "3", id_number=OTHER_ID, **other),
        row("B", "4", id_number=OTHER_ID, **other),
        row("C", "5", id_number=ID, health_index_id="E1", **other),
        row("D", "6", id_number=ID, health_index_id="E1", **one),
    ]
    a, _, b, _, on_card, at_home = persons(engine, rows)
    assert (on_card, at_home) == (b, a)
    assert a != b


def test_a_damaged_number_that_fits_two_namesakes_links_to_neither(engine: Engine) -> None:
    claims = {"person_name": "王建国", "born_on": BORN, "sex_code": "1"}
    a, b, damaged = persons(
        engine,
        [
            row("A", "1", id_number=ID, **claims),
            row("B", "2", id_number=OTHER_ID, **claims),
            row("C", "3", id_number=ID[:15] + "000", **claims),
        ],
    )
    assert damaged not in (a, b)
