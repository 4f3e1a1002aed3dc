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
# It does not say whose child it is, but what the child is called.
CARD = row("A", "provisional", person_name="徐蓉之女", sex_code="2", born_on=BIRTH)
OTHERS_ID = make_id(date(1998, 7, 8), 66)
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


def _links(engine: Engine, run_id: int, rows: list[Row]) -> dict[str, str | None]:
    """Whose each record is, by its number; the same where everything is linked anew."""
    load(engine, rows)
    link_people(engine, run_id, lambda line: None)
    by_steps = dump(engine, "person_link")
    link_people(engine, run_id + 1, lambda line: None, anew=True)
    assert dump(engine, "person_link") == by_steps
    found = person_of(engine)
    return {str(made["native_id"]): found[str(made["record_key"])] for made in rows}


def test_a_card_that_calls_a_newborn_after_its_mother_is_her_only_childs(
    relations: Engine,
) -> None:
    _describe(relations, live_births=1)
    before = _links(relations, 1, PEOPLE)
    after = _links(relations, 3, [*PEOPLE, CARD])
    assert after == {**before, "provisional": before["stay"]}


@pytest.mark.parametrize(
    "said",
    [
        {"person_name": "徐容之女"},
        {"person_name": "徐蓉之女(大)"},
        {"person_name": "徐?之女"},
        {"born_on": date(2024, 11, 6)},
        {"born_on": None},
        {"sex_code": "1"},
    ],
)
def test_a_card_that_may_be_of_another_child_stays_apart(
    relations: Engine, said: dict[str, Any]
) -> None:
    _describe(relations, live_births=1)
    of_a_rank = {**NEWBORN, "person_name": "徐蓉之女(小)"} if "(" in str(said) else NEWBORN
    found = _links(relations, 1, [MOTHER, of_a_rank, CHILD, {**CARD, **said}])
    assert list(found.values()).count(found["provisional"]) == 1


@pytest.mark.parametrize(("town", "is_hers"), [("甲镇", True), ("乙镇", False)])
def test_a_card_is_asked_where_the_mother_lives(
    relations: Engine, town: str, is_hers: bool
) -> None:
    _describe(relations, live_births=1)
    at_home = {**MOTHER, "address": "甲镇东岳村1组2号"}
    card = {**CARD, "address": f"{town}东岳村1组2号"}
    found = _links(relations, 1, [at_home, NEWBORN, CHILD, card])
    assert (found["provisional"] == found["stay"]) == is_hers


@pytest.mark.parametrize("live_births", [2, None])
def test_a_card_of_one_who_may_have_a_twin_stays_apart(
    relations: Engine, live_births: int | None
) -> None:
    _describe(relations, live_births)
    found = _links(relations, 1, [*PEOPLE, CARD])
    assert list(found.values()).count(found["provisional"]) == 1


def test_of_two_mothers_of_one_name_nobody_knows_whose_the_card_is(
    relations: Engine,
) -> None:
    _describe(relations, live_births=1)
    namesakes = {**NEWBORN, "id_number": OTHERS_ID, "native_id": "other"}
    namesakes["record_key"] = f"{NEWBORN['record_key']}|other"
    _say(relations, namesakes, "mother_of", other_id_number=OTHERS_ID, child_born_on=BIRTH)
    joined = _links(relations, 1, [*PEOPLE, CARD])
    assert joined["provisional"] == joined["stay"]
    both = _links(relations, 3, [*PEOPLE, CARD, namesakes])
    assert len({both["provisional"], both["stay"], both["other"]}) == 3
    assert _links(relations, 5, [*PEOPLE, CARD]) == joined


def test_two_children_that_looked_like_one_come_apart_by_their_numbers(
    relations: Engine,
) -> None:
    _describe(relations, live_births=1)
    joined = _links(relations, 1, [*PEOPLE, CARD])
    assert joined["provisional"] == joined["card"]
    numbered = {**CARD, "id_number": make_id(BIRTH, 88), "id_type_code": "id_card"}
    apart = _links(relations, 3, [*PEOPLE, numbered])
    assert apart["provisional"] != apart["card"] == joined["card"]
