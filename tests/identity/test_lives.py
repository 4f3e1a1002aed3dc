"""What one life rules out keeps records apart, whoever else they look like."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from loaders.identity.life import Life, joined, life_from_json
from loaders.identity.link import link_people
from tests.identity.messy_people import (
    MessyCounty,
    Row,
    decide,
    dump,
    link,
    load,
    make_id,
    person_of,
    row,
    tell,
)

BORN = date(1961, 7, 15)
ID = make_id(BORN, 101)
MONDAY = datetime(2024, 5, 6, 9)
DAY = timedelta(days=1)
ALIKE = {
    "person_name": "王建国", "born_on": BORN, "sex_code": "1", "phone": "16312345678",
    "address": "甲镇东岳村东塘组7号", "town_code": "999999100",
}  # fmt: skip
Fact = tuple[object, ...]


def _stay(record: Row, where: str, since: datetime, until: datetime) -> Fact:
    return record["record_key"], "stay", where, since, until, None


def _death(record: Row, on: datetime) -> Fact:
    return record["record_key"], "death", None, on, on, None


def _seen(record: Row, on: datetime) -> Fact:
    return record["record_key"], "seen", None, on, on, None


def _blood(record: Row, group: str) -> Fact:
    return record["record_key"], "blood_group", None, None, None, group


ONE, OTHER = row("A", "1", **ALIKE), row("C", "2", **ALIKE)
RULED_OUT = {
    "stays_overlap": [
        _stay(ONE, "A", MONDAY, MONDAY + 6 * DAY),
        _stay(OTHER, "B", MONDAY + 2 * DAY, MONDAY + 9 * DAY),
    ],
    "seen_after_death": [_death(ONE, MONDAY), _seen(OTHER, MONDAY + 60 * DAY)],
    "blood_groups_differ": [_blood(ONE, "1"), _blood(OTHER, "4")],
}
POSSIBLE = {
    "moved to another hospital": [
        _stay(ONE, "A", MONDAY, MONDAY + 6 * DAY),
        _stay(OTHER, "B", MONDAY + 5 * DAY, MONDAY + 9 * DAY),
    ],
    "two records of one stay": [
        _stay(ONE, "A", MONDAY, MONDAY + 6 * DAY),
        _stay(OTHER, "A", MONDAY, MONDAY + 6 * DAY),
    ],
    "billed late": [_death(ONE, MONDAY), _seen(OTHER, MONDAY + 30 * DAY)],
    "seen before": [_death(ONE, MONDAY), _seen(OTHER, MONDAY - 60 * DAY)],
    "one blood group": [_blood(ONE, "1"), _blood(OTHER, "1")],
}


def _link(
    engine: Engine, rows: list[Row], facts: list[Fact]
) -> tuple[list[str | None], list[tuple[Any, ...]]]:
    """The persons of the rows, and the kind and reason of every question."""
    tell(engine, facts)
    link(engine, rows)
    persons = person_of(engine)
    asked = [(task[1], task[5]) for task in dump(engine, "review_task")]
    return [persons[made["record_key"]] for made in rows], asked


@pytest.mark.parametrize("why", POSSIBLE)
def test_what_one_life_can_hold_is_linked(engine: Engine, facts: None, why: str) -> None:
    (a, b), asked = _link(engine, [ONE, OTHER], POSSIBLE[why])
    assert a == b
    assert asked == []


@pytest.mark.parametrize("why", RULED_OUT)
def test_likeness_does_not_link_two_lives(engine: Engine, facts: None, why: str) -> None:
    (a, b), asked = _link(engine, [ONE, OTHER], RULED_OUT[why])
    assert a != b
    assert asked == [("possible_duplicate", why)]


@pytest.mark.parametrize("why", RULED_OUT)
def test_a_number_of_an_index_does_not_either_but_for_blood(
    engine: Engine, facts: None, why: str
) -> None:
    # Without a sex on one side they are two claims of one number.
    rows = [
        {**ONE, "insurance_number": "9991000000000001"},
        {**OTHER, "insurance_number": "9991000000000001", "sex_code": None},
    ]
    (a, b), asked = _link(engine, rows, RULED_OUT[why])
    if why == "blood_groups_differ":
        # A slip of the laboratory or the clerk is likelier than a wrong number.
        assert a == b
        assert asked == [("overlay", why)]
    else:
        assert a != b
        assert asked == [("overlay", f"same_insurance_number_but_{why}")]


@pytest.mark.parametrize("why", RULED_OUT)
@pytest.mark.parametrize("sex_code", ["1", None])
def test_a_valid_id_number_links_and_a_steward_is_asked(
    engine: Engine, facts: None, why: str, sex_code: str | None
) -> None:
    # One claim, or two that the number joins.
    rows = [{**ONE, "id_number": ID}, {**OTHER, "id_number": ID, "sex_code": sex_code}]
    rows = [{**made, "id_type_code": "id_card"} for made in rows]
    (a, b), asked = _link(engine, rows, RULED_OUT[why])
    assert a == b
    assert asked == [("overlay", why)]


def test_nobody_between_them_brings_two_lives_together(engine: Engine, facts: None) -> None:
    between = row("D", "3", **ALIKE)
    (a, b, c), _ = _link(engine, [ONE, OTHER, between], RULED_OUT["stays_overlap"])
    assert a != b
    assert c is not None


def test_a_steward_outranks_what_a_life_rules_out(
    engine: Engine, facts: None, decisions: None
) -> None:
    keys = sorted((str(ONE["record_key"]), str(OTHER["record_key"])))
    decide(engine, [(keys[0], keys[1], "same")])
    (a, b), _ = _link(engine, [ONE, OTHER], RULED_OUT["seen_after_death"])
    assert a == b


def test_a_fact_that_comes_later_takes_them_apart(engine: Engine, facts: None) -> None:
    link(engine, [ONE, OTHER])
    assert len(set(person_of(engine).values())) == 1
    tell(engine, RULED_OUT["seen_after_death"])
    summary = link_people(engine, 2, lambda line: None)
    assert summary.changed == 2
    assert len(set(person_of(engine).values())) == 2
    tell(engine, [])
    link_people(engine, 3, lambda line: None)
    assert len(set(person_of(engine).values())) == 1


@pytest.mark.parametrize("seed", range(4))
def test_facts_end_the_same_on_any_path(
    engine: Engine, facts: None, decisions: None, seed: int
) -> None:
    random = Random(seed)
    county = MessyCounty(people=45, seed=seed)
    waiting = list(county.rows)
    random.shuffle(waiting)
    rows: list[Row] = []
    told: list[Fact] = []
    for run_id in range(1, 5):
        share = len(waiting) if run_id == 4 else random.randrange(10, len(waiting) // 2)
        rows, waiting = rows + waiting[:share], waiting[share:]
        told = [fact for fact in told if random.random() < 0.8]
        told += [_any_fact(random, random.choice(rows)) for _ in range(40)]
        load(engine, rows)
        tell(engine, told)
        link_people(engine, run_id, lambda line: None)
    by_steps = [dump(engine, table) for table in ("person_link", "review_task")]
    link_people(engine, 9, lambda line: None, anew=True)
    assert [dump(engine, table) for table in ("person_link", "review_task")] == by_steps
    reasons = {task[5] for task in by_steps[1]}
    assert any("stays_overlap" in reason for reason in reasons)
    assert any("seen_after_death" in reason for reason in reasons)


def _any_fact(random: Random, record: Row) -> Fact:
    since = MONDAY + random.randrange(20) * DAY
    kind = random.random()
    if kind < 0.4:
        return _stay(record, random.choice("ABC"), since, since + random.randrange(9) * DAY)
    if kind < 0.6:
        return _death(record, since)
    if kind < 0.8:
        return _seen(record, since + random.choice((10, 60)) * DAY)
    return _blood(record, random.choice("1234"))


def test_a_life_is_kept_as_it_is() -> None:
    life = Life(
        frozenset({("A", MONDAY, MONDAY + DAY), ("B", MONDAY, MONDAY + 2 * DAY)}),
        BORN, MONDAY.date(), frozenset({"3"}),
    )  # fmt: skip
    assert life_from_json(json.loads(life.to_json())) == life
    assert life_from_json(None) is None
    assert joined(None, life) == joined(life, None) == joined(life, life) == life
