"""A newborn under its mother's number, and the child that it is registered as later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.identity.link import link_people
from tests.identity.messy_people import Row, dump, load, make_id, person_of, row

BIRTH = date(2024, 11, 5)
MOTHERS_ID = make_id(date(1995, 3, 4), 22)
MOTHER = row("A", "mother", person_name="徐蓉", id_number=MOTHERS_ID, sex_code="2")
NEWBORN = row("B", "stay", person_name="徐蓉之女", id_number=MOTHERS_ID, sex_code="2",
              born_on=BIRTH)  # fmt: skip
CHILD = row("D", "card", person_name="赵诗涵", id_number=make_id(BIRTH, 44), sex_code="2",
            born_on=BIRTH)  # fmt: skip
PEOPLE = [MOTHER, NEWBORN, CHILD]
RELATION_COLUMNS = """
    record_key text, relation text, other_name text, other_id_number text,
    other_health_index_id text, other_record_key text, birth_order smallint,
    child_born_on date, child_born_from date, child_born_until date, live_births smallint
"""


@pytest.fixture
def relations(engine: Engine) -> Iterator[Engine]:
    with engine.begin() as connection:
        connection.execute(
            text(f"create table identity.source_relation ({RELATION_COLUMNS})")
        )
    yield engine
    with engine.begin() as connection:
        connection.execute(text("drop table identity.source_relation"))


def _say(engine: Engine, record: Row, relation: str, **said: Any) -> None:
    said |= {"record_key": record["record_key"], "relation": relation}
    names = ", ".join(said)
    values = ", ".join(f":{name}" for name in said)
    with engine.begin() as connection:
        connection.execute(
            text(f"insert into identity.source_relation ({names}) values ({values})"), said
        )


def _describe(engine: Engine, live_births: int | None) -> None:
    with engine.begin() as connection:
        connection.execute(text("truncate identity.source_relation"))
    _say(engine, NEWBORN, "mother_of", other_id_number=MOTHERS_ID, child_born_on=BIRTH)
    _say(engine, CHILD, "mother_of", other_record_key=MOTHER["record_key"],
         child_born_on=BIRTH)  # fmt: skip
    _say(engine, MOTHER, "gave_birth", child_born_on=BIRTH, live_births=live_births)


def _persons(engine: Engine, run_id: int) -> list[str | None]:
    link_people(engine, run_id, lambda line: None)
    found = person_of(engine)
    return [found[str(made["record_key"])] for made in PEOPLE]


def test_the_only_child_of_its_mother_on_its_day_is_one(relations: Engine) -> None:
    load(relations, PEOPLE)
    _describe(relations, live_births=1)
    mother, newborn, child = _persons(relations, 1)
    assert newborn == child != mother


@pytest.mark.parametrize("live_births", [2, None])
def test_who_may_have_a_twin_stays_apart(
    relations: Engine, live_births: int | None
) -> None:
    load(relations, PEOPLE)
    _describe(relations, live_births)
    assert len(set(_persons(relations, 1))) == len(PEOPLE)


def test_what_is_said_of_a_birth_later_reaches_the_links(relations: Engine) -> None:
    load(relations, PEOPLE)
    _describe(relations, live_births=None)
    apart = _persons(relations, 1)
    _describe(relations, live_births=1)
    mother, newborn, child = _persons(relations, 2)
    assert (mother, child) == (apart[0], apart[2])
    assert newborn == child
    _describe(relations, live_births=2)
    assert _persons(relations, 3) == apart


def test_a_mothers_number_that_is_put_right_reaches_her_child(relations: Engine) -> None:
    unknown = {**MOTHER, "id_number": None}
    load(relations, [unknown, NEWBORN, CHILD])
    _describe(relations, live_births=1)
    link_people(relations, 1, lambda line: None)
    load(relations, PEOPLE)
    mother, newborn, child = _persons(relations, 2)
    assert newborn == child != mother
    by_steps = dump(relations, "person_link")
    link_people(relations, 3, lambda line: None, anew=True)
    assert dump(relations, "person_link") == by_steps
