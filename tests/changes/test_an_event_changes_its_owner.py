"""An event that a steward gives to somebody else, and back: both lives are right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from loaders.changes.shadow import check_record
from loaders.contracts.model import contract_of
from loaders.settings import load_settings
from loaders.stewards.event_owner import give_event, prepare, take_event_back
from loaders.transform import TransformError
from tests.changes.building import build, build_as_it_is
from tests.changes.dying import a_promise_broken
from tests.changes.redelivery import Redelivery
from tests.changes.refiling import list_where

SEED = 31
ACTOR = "a steward"
# A visit about which nothing else is told, and somebody who has nothing to do with it.
EVENT = """
    select encounter.encounter_id, encounter.person_id
    from record.encounter
    where encounter.kind = :kind and encounter.source_system in ('A', 'B', 'C')
    order by encounter.encounter_id
    limit 1
"""
OTHER = """
    select person_id from record.person where person_id <> :owner order by person_id limit 1
"""
# An archive that somebody else has, who has other records besides.
ARCHIVE = """
    select link.record_key, link.person_id, link.native_id
    from identity.person_link as link
    where
        link.source_table = 'EHR_HealthRecord'
        and link.person_id <> :owner
        and exists (
            select from identity.person_link as other
            where
                other.person_id = link.person_id
                and other.source_table in ('MS_BRDA', 'ms_brda')
        )
    order by link.record_key
    limit 1
"""
FACTS = "select * from identity.source_fact order by source_fact::text"
OWNER = "select person_id from record.encounter where encounter_id = :event"


def _owner(county: Redelivery, event: str) -> str:
    with county.engine.connect() as connection:
        return str(connection.scalar(text(OWNER), {"event": event}))


def _give(county: Redelivery, event: str, to: str) -> None:
    prepare(county.engine)
    with county.engine.begin() as connection:
        give_event(connection, ACTOR, event, to, "borrowed_card")


def _take_back(county: Redelivery, event: str) -> None:
    with county.engine.begin() as connection:
        take_event_back(connection, ACTOR, event, "decided_by_mistake")


def _event(county: Redelivery, kind: str = "outpatient") -> tuple[str, str, str]:
    """An event, whose it is, and who has nothing to do with it."""
    with county.engine.connect() as connection:
        event, owner = connection.execute(text(EVENT), {"kind": kind}).one()
        return event, owner, str(connection.scalar(text(OTHER), {"owner": owner}))


def _assert_all_is_right(county: Redelivery) -> None:
    assert check_record(county.engine, load_settings()).differences == ()


def test_given_and_taken_back(county: Redelivery) -> None:
    event, owner, other = _event(county)
    _give(county, event, other)
    build(county.today)
    assert _owner(county, event) == other
    _take_back(county, event)
    build(county.today)
    assert _owner(county, event) == owner
    _assert_all_is_right(county)


def test_a_word_outlasts_the_archive_that_it_names(county: Redelivery) -> None:
    # A stay is a fact of a life besides.
    event, owner, _ = _event(county, "inpatient")
    with county.engine.connect() as connection:
        record, other, number = connection.execute(text(ARCHIVE), {"owner": owner}).one()
    _give(county, event, record)
    build(county.today)
    assert _owner(county, event) == other
    county.today += timedelta(days=1)
    with county.engine.begin() as connection:
        all_but_one = f"\"phrId\" <> '{number}'"
        assert list_where(county, connection, contract_of("D01"), all_but_one)
    build(county.today)
    assert _person_of(county, record) is None
    assert _owner(county, event) == other
    told = _facts(county)
    _assert_all_is_right(county)
    build(county.today, anew=True)
    assert _facts(county) == told
    _take_back(county, event)


def _person_of(county: Redelivery, record: str) -> str | None:
    with county.engine.connect() as connection:
        return connection.scalar(
            text("select person_id from identity.person_link where record_key = :key"),
            {"key": record},
        )


def _facts(county: Redelivery) -> list[tuple[object, ...]]:
    with county.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(FACTS))]


def test_what_an_attempt_has_written_is_put_right(
    county: Redelivery, tmp_path: Path
) -> None:
    """When the next one begins, all is again as the record saw it before the first."""
    event, owner, other = _event(county)
    _give(county, event, other)
    with a_promise_broken("rec_reporting_year", tmp_path):
        with pytest.raises(TransformError, match="failed"):
            build_as_it_is(county.today)
    assert _owner(county, event) == other
    _take_back(county, event)
    build(county.today)
    assert _owner(county, event) == owner
    _assert_all_is_right(county)
