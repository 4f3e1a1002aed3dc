"""What a steward has decided binds: over numbers, names and scores, until it is undone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from loaders.identity.link import link_people
from tests.identity.messy_people import Row, decide, dump, load, make_id, person_of, row

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
