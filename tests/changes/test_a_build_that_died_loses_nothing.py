"""Whatever a build dies of and wherever: the next one ends as if all had gone well.

Killed as by a power cut, or stopped by a test of dbt that fails; with or without another
delivery before the next build. What must not be lost is who was affected.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from loaders.transform import TransformError
from tests.changes.building import build, build_as_it_is
from tests.changes.dying import BROKEN, PLACES, a_promise_broken, build_and_die
from tests.changes.redelivery import Redelivery

SEED = 11
VISITS, STAGED_VISITS = "c02_ys_mz_jzls", "stg_c__ys_mz_jzls"
# What the visits lead to: when it is there, half of the record is not.
MODELS = (STAGED_VISITS, "rec_encounter")


def _assert_nothing_is_lost(county: Redelivery) -> None:
    said = build(county.today)["record"]
    assert " persons, " in said, said
    assert check_record(county.engine, load_settings()).differences == ()


def test_killed_at_places_and_at_models(county: Redelivery) -> None:
    for where in (*({"at": place} for place in PLACES), *({"model": m} for m in MODELS)):
        assert county.deliver()
        county.send(VISITS, "mzlb = mzlb || '1'")
        assert build_and_die(county.today, **where), where
    _assert_nothing_is_lost(county)


def test_killed_when_a_visit_is_no_longer_ahead_of_its_day(county: Redelivery) -> None:
    """The visit itself is up to date then, and so tells no longer that others are not."""
    ahead = county.today + timedelta(days=1)
    county.send(VISITS, f"kssj = '{ahead:%Y-%m-%d} 09:30:00'", rows=40)
    build(county.today)
    county.today += timedelta(days=4)
    county.send(VISITS, "_line_number = _line_number", rows=0)
    assert build_and_die(county.today, model="rec_encounter")
    _assert_nothing_is_lost(county)


def test_stopped_by_a_test_that_fails(county: Redelivery, tmp_path: Path) -> None:
    county.send(VISITS, "mzlb = mzlb || '1'")
    with a_promise_broken("rec_encounter", tmp_path):
        with pytest.raises(TransformError, match="failed"):
            build_as_it_is(county.today)
    county.send(VISITS, "mzlb = mzlb || '2'")
    _assert_nothing_is_lost(county)


def test_a_row_that_broke_a_promise_breaks_it_again(county: Redelivery) -> None:
    """The rows are there when the build is tried again, and no longer new."""
    county.send(VISITS, "mzlb = mzlb || '1'")
    build_as_it_is(county.today)
    with county.engine.begin() as connection:
        assert connection.execute(
            text(
                "insert into changes.promise (layer, version, test, models, statement)"
                " select layer, version, :test, models,"
                " 'select * from affected.fresh_rec_encounter'"
                " from changes.promise where layer = '3_record' limit 1"
            ),
            {"test": BROKEN},
        ).rowcount
    earlier = county.today - timedelta(days=3)
    county.send(VISITS, f"kssj = '{earlier:%Y-%m-%d} 09:31:00'", "true")
    for _ in range(2):
        with pytest.raises(TransformError, match=BROKEN):
            build_as_it_is(county.today)
    with county.engine.begin() as connection:
        connection.execute(
            text("delete from changes.promise where test = :test"), {"test": BROKEN}
        )
    _assert_nothing_is_lost(county)


def test_a_file_taken_again_leaves_nothing_of_what_it_said(county: Redelivery) -> None:
    """As many lines as before, and one of another key: the old key is nowhere now."""
    with county.engine.begin() as connection:
        file_id = connection.scalar(text(f"select max(_file_id) from landing.{VISITS}"))
        connection.execute(
            text(
                f"update landing.{VISITS} set jzxh = '9' || jzxh, _row_hash ="
                " md5(_row_hash::text)::uuid where _file_id = :file"
            ),
            {"file": file_id},
        )
        connection.execute(
            text(
                "insert into audit.replay (who, file_id, source, lines_before, lines_after)"
                " values ('test', :file, 'file', 1, 1)"
            ),
            {"file": file_id},
        )
    _assert_nothing_is_lost(county)
