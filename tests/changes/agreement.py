"""What the oracle says and what the record says, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, text

from tests.changes.oracle import once_a_day, township_fees, township_visits
from tests.changes.oracle_events import (
    Facts,
    contracts,
    settlements,
    stays,
    township_diagnoses,
)

ENCOUNTERS = """
    select encounter.* from record.encounter
    where source_system = 'C' and kind = 'outpatient'
"""
NOT_ELIGIBLE = ("set_aside", "health_check", "fully_refunded")
DIAGNOSES = """
    select org_code, visit_number, count(*) as times from staging.stg_c__ms_brzd
    group by org_code, visit_number
"""
# What the record says of what the oracle is asked: a fact of each, and its question.
QUESTIONS: dict[str, tuple[Callable[[Connection], Facts], str]] = {
    "stays": (
        stays,
        """
        select encounter_id, started_on, ended_on,
            case when ended_on is not null then length_of_stay_days end, is_cancelled
        from record.encounter
        where kind = 'inpatient' and source_system in ('A', 'C')
        """,
    ),
    "settlements": (
        settlements,
        "select event_id, is_surviving, total_fee_fen from record.settlement",
    ),
    "contracts": (
        contracts,
        """
        select record_key, begins_on, ends_on, stopped_on
        from staging.stg_e__scm_signcontractrecord
        """,
    ),
}
# A dose is one vaccination, also where it came under two numbers of a child.
DOSES_TWICE = """
    select count(*) from (
        select from record.vaccination
        where place_in_dose = 1
        group by person_id, vaccine_code, dose_number
        having count(*) > 1
    ) as twice
"""


def assert_oracle_agrees(engine: Engine) -> None:
    """Raises: AssertionError, with the key of what differs."""
    with engine.connect() as connection:
        _assert_visits(connection)
        for name, (oracle, question) in QUESTIONS.items():
            wanted = oracle(connection)
            told = {row[0]: tuple(row[1:]) for row in connection.execute(text(question))}
            assert told.keys() == wanted.keys(), name
            differing = [key for key in told if told[key] != wanted[key]]
            assert differing == [], name
        assert _told_diagnoses(connection) == township_diagnoses(connection)
        assert connection.scalar(text(DOSES_TWICE)) == 0


def _assert_visits(connection: Connection) -> None:
    fees, visits = township_fees(connection), township_visits(connection)
    told = [dict(row._mapping) for row in connection.execute(text(ENCOUNTERS))]
    assert {row["encounter_id"] for row in told} == set(visits)
    for row in told:
        place = (row["org_code"], row["native_id"])
        assert row["net_fee_fen"] == fees.get(place), row["encounter_id"]
    eligible = [row for row in told if row["not_counted_because"] not in NOT_ELIGIBLE]
    counted = {row["encounter_id"] for row in told if row["is_counted"]}
    assert counted == once_a_day(eligible)


def _told_diagnoses(connection: Connection) -> Counter[Any]:
    return Counter(
        {
            (row.org_code, row.visit_number or ""): row.times
            for row in connection.execute(text(DIAGNOSES))
        }
    )
