"""A day after the first runs the statements that dbt has made, and writes what differs."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import text

from loaders import transform
from loaders.transform import TransformError
from tests.changes.building import build_as_it_is
from tests.changes.redelivery import Redelivery

SEED = 23
VISITS = "c02_ys_mz_jzls"
STATEMENT = "select statement from changes.prepared_model where model = 'rec_encounter'"
PUT = "update changes.prepared_model set statement = :said where model = 'rec_encounter'"


@pytest.fixture(scope="module")
def county(county: Redelivery) -> Redelivery:
    """After a day of its own, by which dbt has prepared the next."""
    _send(county, minute=11)
    build_as_it_is(county.today)
    return county


def _send(county: Redelivery, minute: int) -> None:
    day = county.today - timedelta(days=3)
    county.send(VISITS, f"kssj = '{day:%Y-%m-%d} 09:{minute}:00'", "true")


def test_no_dbt_and_no_row_written_that_stays(county: Redelivery) -> None:
    # A model of lives: of a model of events only what changed is built at all.
    versions = "select event_id, xmin::text, event_group::text from record.event_group"
    with county.engine.connect() as connection:
        before = {row[0]: row for row in connection.execute(text(versions))}
    _send(county, minute=22)
    with patch.object(transform, "invoke_dbt", side_effect=AssertionError("dbt")):
        said = build_as_it_is(county.today)
    assert " persons, " in said["record"], said["record"]
    with county.engine.connect() as connection:
        affected = connection.scalar(text("select count(*) from affected.rec_event_group"))
        after = {row[0]: row for row in connection.execute(text(versions))}
    written = {key for key, row in after.items() if before.get(key, ("",))[1:2] != row[1:2]}
    differing = {key for key, row in after.items() if before.get(key, ("",))[2:] != row[2:]}
    assert written == differing
    assert 0 < len(differing) < (affected or 0)


def test_no_dbt_for_a_feed_that_comes_for_the_first_time(county: Redelivery) -> None:
    other = "c03_ms_brzd"
    county.send(other, "zdmc = zdmc || '1'")
    with patch.object(transform, "invoke_dbt", side_effect=AssertionError("dbt")):
        said = build_as_it_is(county.today)
    assert said["staging"].startswith("1_staging: "), said["staging"]
    assert " persons, " in said["record"], said["record"]


def test_a_model_that_fails_is_named_and_run_again(county: Redelivery) -> None:
    with county.engine.begin() as connection:
        statement = connection.scalar(text(STATEMENT))
        # The value that cannot be read must not be told.
        connection.execute(text(PUT), {"said": "select '13800001111x'::bigint"})
    _send(county, minute=33)
    with pytest.raises(
        TransformError, match=r"1 models failed.\n  rec_encounter"
    ) as failed:
        build_as_it_is(county.today)
    assert "13800001111" not in str(failed.value)
    with county.engine.begin() as connection:
        connection.execute(text(PUT), {"said": statement})
    said = build_as_it_is(county.today)
    assert " persons, " in said["record"], said["record"]
    changed = text("select count(*) from record.encounter where started_at::text like :at")
    with county.engine.connect() as connection:
        assert connection.scalar(changed, {"at": "%09:33:00%"})
