"""What is asked all day is answered by indexes, however many people there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from loaders.console.identity import EVENTS_SQL, VERSIONS_SQL
from tests.identity.links_by_hand import key, keys, person, write
from tests.identity.messy_people import LINKING_TABLES

# Enough that reading a whole table is clearly the dearer way.
PEOPLE = 3000
QUESTIONS = {
    "links of a person": "select * from identity.person_link where person_id = :person_id",
    "person of a record": "select person_id from identity.person_link"
    " where record_key = :record_key",
    "where an id leads": "select status, retired_into from identity.person_ledger"
    " where person_id = :person_id",
    "ids that lead to a person": "select person_id from identity.person_ledger"
    " where retired_into = :person_id",
    "events of a person": EVENTS_SQL,
    "versions of links": VERSIONS_SQL,
    "affected by a run": "select person_id from identity.person_change where run_id = 2",
    "questions about a record": "select task_id from identity.review_task"
    " where record_key_a = :record_key or record_key_b = :record_key",
}


@pytest.fixture
def many(engine: Engine) -> Engine:
    """Thousands of people; every tenth has become one with the next."""
    groups = [keys(3 * n, 3 * n + 1, 3 * n + 2) for n in range(PEOPLE)]
    tasks = [
        (f"{n}", "overlay", key(3 * n), key(3 * n + 3), None, "odd", "{}", "2025-01-01")
        for n in range(PEOPLE)
    ]
    write(engine, 1, groups, tasks=tasks)
    merged = [
        group + groups[n + 1] if n % 10 == 0 else group
        for n, group in enumerate(groups)
        if n % 10 != 1
    ]
    write(engine, 2, merged, tasks=tasks)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in LINKING_TABLES:
            connection.execute(text(f"vacuum analyze identity.{table}"))
    return engine


def test_no_question_reads_a_whole_table(many: Engine) -> None:
    asked = {
        "person_id": person(0),
        "person_ids": [person(0), person(3)],
        "record_key": key(0),
    }
    for name, question in QUESTIONS.items():
        with many.connect() as connection:
            plan = connection.execute(
                text(f"explain (format json) {question}"), asked
            ).scalar_one()
        read = list(_read_whole(plan[0]["Plan"]))
        assert not read, f"{name}: reads {', '.join(read)}"


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _read_whole(child)
