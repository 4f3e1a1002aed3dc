"""What a system says of its own records: that two of them are one person."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from tests.identity.few_people import BORN, ID, persons, tasks
from tests.identity.messy_people import row


def test_a_reference_links_when_nothing_contradicts_it(engine: Engine) -> None:
    master = row("D", "1", person_name="王建国", born_on=BORN, sex_code="1")
    visit = row(
        "D",
        "2",
        source_table="MDC_HypertensionVisit",
        person_name="王健国",
        reference_key=master["record_key"],
    )
    a, b = persons(engine, [master, visit])
    assert a == b


@pytest.mark.parametrize(
    ("after_father", "is_one"),
    [
        ("邱守亮之女", True),
        ("邱守亮之女(大)", True),
        # The other one of the twins, or a son.
        ("邱守亮之女(小)", False),
        ("邱守亮之子", False),
    ],
)
def test_a_form_names_the_newborn_of_its_card_after_the_father(
    engine: Engine, after_father: str, is_one: bool
) -> None:
    card = row(
        "D",
        "card",
        person_name="钱雪梦之女(大)" if "(" in after_father else "钱雪梦之女",
        born_on=date(2024, 11, 5),
        sex_code="2",
    )
    form = row(
        "D",
        "check-up",
        person_name=after_father,
        id_number=ID,
        reference_key=card["record_key"],
    )
    a, b = persons(engine, [card, form])
    assert (a == b) is is_one
    assert ("overlay" in tasks(engine)) is not is_one


def test_a_reference_to_someone_of_another_name_is_asked_about(engine: Engine) -> None:
    master = row("A", "1", person_name="王建国", born_on=BORN, sex_code="1", id_number=ID)
    stay = row(
        "A",
        "2",
        source_table="BASY",
        person_name="李小红",
        born_on=date(1990, 3, 4),
        sex_code="2",
        reference_key=master["record_key"],
    )
    a, b = persons(engine, [master, stay])
    assert a != b
    assert tasks(engine) == {"overlay": 1}


def test_a_reference_that_is_not_believed_is_asked_about(engine: Engine) -> None:
    # 之 typed as 智, and no birth date: no rule may believe that it is the child.
    card = row("D", "1", person_name="寇薇欣之女", born_on=date(2024, 7, 31), sex_code="2")
    exam = row(
        "D",
        "2",
        source_table="CDH_Checkup",
        person_name="寇薇欣智女",
        reference_key=card["record_key"],
    )
    a, b = persons(engine, [card, exam])
    assert a != b
    assert tasks(engine) == {"overlay": 1}


def test_a_newborn_on_its_mothers_card_is_no_question(engine: Engine) -> None:
    card = row("A", "1", person_name="寇薇欣", born_on=BORN, sex_code="2", id_number=ID)
    stay = row(
        "A",
        "2",
        source_table="BASY",
        person_name="寇薇欣之女",
        born_on=date(2024, 7, 31),
        reference_key=card["record_key"],
    )
    a, b = persons(engine, [card, stay])
    assert a != b
    assert tasks(engine) == {}
