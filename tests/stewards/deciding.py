"""How the tests of decisions decide, and ask what is in force."""

from __future__ import annotations

from sqlalchemy import text

from loaders.stewards.decisions import Decided, approve, decide, undo
from tests.stewards.conftest import Asked
from tests.stewards.county import person_id

ONE, OTHER = "何静", "林涛"


def in_force(asked: Asked) -> dict[tuple[str, str], str]:
    with asked.engine.connect() as connection:
        rows = connection.execute(text("select * from identity.active_decision"))
        return {(row.record_key_a, row.record_key_b): row.verdict for row in rows}


def say(
    asked: Asked, kind: str, verdict: str, actor: str = ONE, reason: str = "document_seen"
) -> Decided:
    with asked.engine.begin() as connection:
        return decide(connection, actor, verdict, *asked.pair(kind), reason)


def take_back(asked: Asked, number: int, actor: str = ONE) -> int:
    with asked.engine.begin() as connection:
        return undo(connection, actor, number, "new_evidence").decision_id


def agree(asked: Asked, number: int, actor: str) -> Decided:
    with asked.engine.begin() as connection:
        return approve(connection, actor, number)


def chain(asked: Asked) -> tuple[str, str, str]:
    """Three persons: two with a number each, and between them one that has none."""
    one, none = asked.pair("possible_duplicate")
    (other,) = {*asked.pair("two_numbers")} - {one, none}
    if asked.county.person[none] == person_id(1):
        one, none = none, one
    return one, none, other


def join(asked: Asked, one: str, other: str) -> Decided:
    with asked.engine.begin() as connection:
        return decide(connection, ONE, "same", one, other, "document_seen")


def delete(asked: Asked, key: str) -> None:
    """As if the source had taken the record back."""
    county = asked.county
    county.rows = [made for made in county.rows if made["record_key"] != key]
    county.tasks = [task for task in county.tasks if key not in task[1:3]]
    del county.person[key]
    county.write(asked.engine)
