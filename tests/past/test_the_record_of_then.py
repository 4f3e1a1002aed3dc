"""The record as of any release is what it was, whatever was learned or decided since."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, text

from loaders.past.compare import compare_with_today, keys_of_tables
from loaders.past.rebuild import NotOursError, rebuild_record
from loaders.past.release import NoSuchReleaseError
from loaders.settings import load_settings
from tests.empty_layers import settings_of
from tests.past.releases import Releases, digests, make_releases
from tests.with_dbt import lend_parse

LATE_VISITS = """
    select encounter.encounter_id
    from record.encounter as encounter
    inner join audit.file_known_since as known on encounter._file_id = known.file_id
    where
        encounter.source_system = 'B'
        and known.delivery_date = '2025-01-01'
        and known.known_since_release = 3
        and encounter.started_at < '2025-01-01'
"""


@pytest.fixture(scope="module")
def county(
    make_database: Callable[[], Engine],
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Releases]:
    home = tmp_path_factory.mktemp("past")
    engine = make_database()
    settings = settings_of(engine, home)
    lend_parse(shared_folder, settings)
    variables = {"ONECARD_HOME": str(home), "ONECARD_DSN": str(settings.external_dsn)}
    with patch.dict(os.environ, variables):
        yield make_releases(engine, home)


@pytest.mark.parametrize("release", [1, 2, 3])
def test_every_table_is_what_it_was(county: Releases, release: int) -> None:
    schema = county.as_of(release)
    with county.engine.connect() as connection:
        then = digests(connection, schema, f"{schema}_identity")
    assert then == county.digests[release]
    # Each release said something else, so that today's record would not do.
    for name in ("record.encounter", "identity.person_link"):
        others = {of[name] for number, of in county.digests.items() if number != release}
        assert then[name] not in others, name


def test_a_late_fact_is_known_from_the_release_that_learned_it(county: Releases) -> None:
    late = {row[0] for row in county.ask(LATE_VISITS)}
    assert len(late) > 10
    for release, known in ((1, set()), (2, set()), (3, late)):
        schema = county.as_of(release)
        of_then = county.ask(f"select encounter_id, started_at from {schema}.encounter")
        assert late & {encounter for encounter, _ in of_then} == known, release
    # It stands at the time when it happened, in the middle of what was known before.
    started = [at for encounter, at in of_then if encounter in late]
    others = [at for encounter, at in of_then if encounter not in late and at]
    assert min(others) < max(started) and min(started) < max(others)


def test_who_was_who_is_as_stewards_had_it_then(county: Releases) -> None:
    for release, is_one in ((1, False), (2, True), (3, False)):
        schema = county.as_of(release)
        persons = county.ask(
            f"select count(distinct person_id) from {schema}_identity.person_link"
            " where record_key = any(:merged)",
            merged=list(county.merged),
        )
        assert persons == [(1 if is_one else 2,)], release
        given = county.ask(
            "select event.person_id = encounter.person_id"
            f" from {schema}_identity.event_person as event"
            f" inner join {schema}.encounter as encounter"
            " on event.record_key = encounter.encounter_id"
            " where event.because = 'steward' and event.record_key = :event",
            event=county.given_event,
        )
        assert given == ([(True,)] if is_one else []), release


def test_what_changed_since_is_counted(county: Releases) -> None:
    compared = {
        release: {
            change.table: change
            for change in compare_with_today(county.engine, county.as_of(release))
        }
        for release in (2, 3)
    }
    tables = county.ask("select tablename from pg_tables where schemaname = 'record'")
    assert compared[2].keys() == {name for (name,) in tables} == keys_of_tables().keys()
    for change in compared[3].values():
        assert change[3:] == (0, 0, 0) and change.then == change.now, change
    (late,) = county.ask(f"select count(*) from ({LATE_VISITS}) as late")
    encounter = compared[2]["encounter"]
    assert (encounter.came or 0) >= late[0] and (encounter.changed or 0) > 0
    assert encounter.then == (encounter.now or 0) - (encounter.came or 0) + (
        encounter.went or 0
    )
    # The command prints counts alone: no key and no name of anybody.
    said = county.rebuilt[2]
    assert f"encounter\t{encounter.then}\t{encounter.now}\t{encounter.came}\t" in said
    keys = county.ask("select record_key, person_id from identity.person_link")
    assert not [
        key for key in {cell for row in keys for cell in row} if key and key in said
    ]


def test_nothing_is_left_behind_and_only_what_is_ours_is_replaced(
    county: Releases,
) -> None:
    county.as_of(3)
    assert (
        county.ask("select nspname from pg_namespace where nspname like 'as\\_of\\_%'")
        == []
    )
    assert county.ask("select has_schema_privilege('public', 'record_r0003', 'usage')") == [
        (False,)
    ]
    with county.engine.begin() as connection:
        connection.exec_driver_sql("create schema somebodys")
        connection.execute(
            text(
                "insert into published.release select 9, 0, published_at, through_delivery,"
                " data_day, 0, 0, 0, '' from published.release where release_id = 1"
            )
        )
    for into in (
        "record",
        "affected",
        "pg_then",
        "as_of_input",
        "somebodys",
        "Übung",
        "a; b",
    ):
        with pytest.raises(NotOursError):
            rebuild_record(county.engine, load_settings(), 3, into)
    for release, reason in ((8, "no release 8"), (9, "older than what is kept")):
        with pytest.raises(NoSuchReleaseError, match=reason):
            rebuild_record(county.engine, load_settings(), release)
