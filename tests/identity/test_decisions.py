"""What a steward has decided binds: over numbers, names and scores, until it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from sqlalchemy import Connection, Engine, text

from loaders.identity.link import check_links, link_people
from loaders.stewards import book
from loaders.stewards import decisions as stewards
from tests.identity.messy_people import (
    MessyCounty,
    Row,
    bring,
    decide,
    dump,
    load,
    make_id,
    person_of,
    row,
)

BORN, OTHER_BORN = date(1963, 7, 15), date(1980, 2, 3)
ONE = {"person_name": "王建国", "born_on": BORN, "id_number": make_id(BORN, 123)}
OTHER = {
    "person_name": "李秀英", "born_on": OTHER_BORN, "id_number": make_id(OTHER_BORN, 44),
}  # fmt: skip
PEOPLE = [
    *(row(system, "one", **ONE) for system in "ABCF"),
    *(row(system, "other", **OTHER) for system in "ABCF"),
]


def _persons(engine: Engine, run_id: int, rows: list[Row] = PEOPLE) -> list[str | None]:
    load(engine, rows)
    link_people(engine, run_id, lambda line: None)
    found = person_of(engine)
    return [found[str(made["record_key"])] for made in rows]


def _pair(a: Row, b: Row, verdict: str) -> tuple[str, str, str]:
    one, other = sorted((str(a["record_key"]), str(b["record_key"])))
    return one, other, verdict


def test_two_persons_are_joined_whole_and_come_back(
    engine: Engine, decisions: None
) -> None:
    apart = _persons(engine, 1)
    assert len(set(apart)) == 2
    decide(engine, [_pair(PEOPLE[2], PEOPLE[7], "same")])
    joined = _persons(engine, 2)
    assert len(set(joined)) == 1
    assert joined[0] in apart
    # What comes later belongs to the one that they are now.
    later = [*PEOPLE, row("D", "one", **ONE), row("D", "other", **OTHER)]
    assert len(set(_persons(engine, 3, later))) == 1
    decide(engine, [])
    assert _persons(engine, 4, later) == [*apart, apart[0], apart[4]]


def test_decisions_that_contradict_one_another_are_asked_about(
    engine: Engine, decisions: None
) -> None:
    one, other, third = (
        PEOPLE[0],
        PEOPLE[4],
        row("D", "third", person_name="赵大", born_on=BORN),
    )
    rows = [*PEOPLE, third]
    apart = _persons(engine, 1, rows)
    assert len(set(apart)) == 3
    said = [
        _pair(one, other, "same"), _pair(other, third, "same"),
        _pair(one, third, "different"),
    ]  # fmt: skip
    decide(engine, said)
    parts = _persons(engine, 2, rows)
    assert parts[0] != parts[-1]
    (task,) = dump(engine, "review_task")
    assert task[1] == "overlay" and task[5] == "steward_but_known_to_be_two"
    # With one of the three taken back the others hold, and nothing is left to ask.
    decide(engine, said[:2])
    assert len(set(_persons(engine, 3, rows))) == 1
    assert dump(engine, "review_task") == []


def test_one_record_can_be_held_apart_from_its_person(
    engine: Engine, decisions: None
) -> None:
    whole = _persons(engine, 1, PEOPLE[:4])
    assert len(set(whole)) == 1
    decide(engine, [_pair(PEOPLE[3], other, "different") for other in PEOPLE[:3]])
    parts = _persons(engine, 2, PEOPLE[:4])
    assert parts[:3] == whole[:3]
    assert parts[3] not in whole
    decide(engine, [])
    assert _persons(engine, 3, PEOPLE[:4]) == whole


@pytest.fixture
def book_of_decisions(engine: Engine) -> Iterator[None]:
    """The stewards' own tables and views."""
    book.prepare(engine)
    yield
    with engine.begin() as connection:
        for dropped in (
            "view identity.active_decision", "view identity.decision_state",
            "table identity.decision_record", "table identity.steward_decision",
        ):  # fmt: skip
            connection.execute(text(f"drop {dropped}"))


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_decision_outlasts_its_record_and_the_record_comes_back_to_it(
    engine: Engine, book_of_decisions: None, verdict: str
) -> None:
    rows = PEOPLE if verdict == "same" else [*PEOPLE, row("D", "third", **ONE)]
    first = _persons(engine, 1, rows)
    if verdict == "same":
        spoken_of = [PEOPLE[0], PEOPLE[4]]
        keys = [str(made["record_key"]) for made in spoken_of]
        with engine.begin() as connection:
            said = stewards.decide(connection, "one", "same", *keys, "document_seen")
            stewards.approve(connection, "other", said.decision_id)
    else:
        with engine.begin() as connection:
            third = str(rows[-1]["record_key"])
            stewards.split(connection, "one", str(first[0]), [third], "wrong_link")
        spoken_of = [PEOPLE[0]]
    after = dict(zip(_keys(rows), _persons(engine, 2, rows), strict=True))
    left = [made for made in rows if made not in spoken_of]
    without = dict(zip(_keys(left), _persons(engine, 3, left), strict=True))
    groups = _groups(after)
    assert len(groups) == (1 if verdict == "same" else 3)
    assert _groups(without) == {group - {*_keys(spoken_of)} for group in groups}
    assert dict(zip(_keys(rows), _persons(engine, 4, rows), strict=True)) == after


def _keys(rows: list[Row]) -> list[str]:
    return [str(made["record_key"]) for made in rows]


def _groups(person_of: dict[str, str | None]) -> set[frozenset[str]]:
    """Which records are of one person, whatever the id."""
    persons = set(person_of.values())
    return {frozenset(key for key in person_of if person_of[key] == one) for one in persons}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_stewards_say_and_sources_delete_the_path_does_not_matter(
    engine: Engine, book_of_decisions: None, seed: int
) -> None:
    random = Random(seed)
    everything = MessyCounty(people=30, seed=seed).rows
    for run_id in range(1, 8):
        there = [made for made in everything if random.random() < 0.85]
        (load if run_id == 1 else bring)(engine, there)
        link_people(engine, run_id, lambda line: None)
        with engine.begin() as connection:
            _say_something(connection, random)
    assert check_links(engine, lambda line: None) > 0, "nothing was said that matters"
    link_people(engine, 8, lambda line: None)
    assert check_links(engine, lambda line: None) == 0
    # Whatever has been said holds of whoever is left of the two persons.
    with engine.connect() as connection:
        apart = connection.scalar(text(TOLD_APART_BUT_ONE))
        stood_in = connection.scalar(text(STOOD_IN))
    assert apart == 0
    assert stood_in, "no record that was decided about was deleted"


TOLD_APART_BUT_ONE = """
select count(*)
from identity.active_decision as said
inner join identity.person_link as one on said.record_key_a = one.record_key
inner join identity.person_link as other on said.record_key_b = other.record_key
where said.verdict = 'different' and one.person_id = other.person_id
"""
STOOD_IN = """
select count(*)
from identity.decision_ends() as ends
inner join identity.steward_decision as said on ends.decision_id = said.decision_id
where (ends.record_key_a, ends.record_key_b) <> (said.record_key_a, said.record_key_b)
"""


def _say_something(connection: Connection, random: Random) -> None:
    """Two persons are told to be one, and one to be two."""
    persons = connection.execute(
        text(
            "select person_id, array_agg(record_key order by record_key) as keys"
            " from identity.person_link where person_id is not null"
            " group by person_id order by person_id"
        )
    ).all()
    one, other = random.sample(persons, 2)
    joined = stewards.decide(
        connection, "one", "same", random.choice(one.keys), random.choice(other.keys),
        "document_seen",
    )  # fmt: skip
    if joined.waits_for_approval:
        stewards.approve(connection, "other", joined.decision_id)
    several = [person for person in persons if len(person.keys) > 1]
    parted = random.choice(several)
    stewards.split(
        connection, "one", parted.person_id, [random.choice(parted.keys)], "wrong_link"
    )
