"""What dbt tests of a layer built from nothing is asked of the rows of a day as well."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from loaders.changes.promises import check_promises
from loaders.changes.reading import GOLDEN, RECORD
from loaders.settings import load_settings
from loaders.transform import DbtOutcome, TransformError
from tests.changes.building import build, build_as_it_is
from tests.changes.redelivery import Redelivery

SEED = 23
VISITS = "c02_ys_mz_jzls"


@pytest.fixture(scope="module")
def county(county: Redelivery) -> Redelivery:
    """After a day of its own."""
    county.send(VISITS, "mzlb = mzlb || '2'", rows=20)
    build(county.today)
    return county


def _tests(said: str) -> int:
    found = re.search(r"(\d+) tests passed", said)
    assert found, said
    return int(found[1])


def test_as_many_tests_as_of_a_build_from_nothing(county: Redelivery) -> None:
    layers = ("candidates", "golden", "record")
    anew = build_as_it_is(county.today, layers, anew=True)
    county.send(VISITS, "mzlb = mzlb || '1'", rows=20)
    day = build_as_it_is(county.today)
    assert " persons, " in day["record"], day["record"]
    for layer in layers:
        assert _tests(day[layer]) == _tests(anew[layer]) > 0
    with county.engine.connect() as connection:
        # Those of models that were not brought up to date have nothing to look at.
        assert (
            0
            < _tests(day["staging"])
            < int(
                connection.scalar(
                    text("select count(*) from changes.promise where layer = '1_staging'")
                )
                or 0
            )
        )


@pytest.mark.parametrize(
    ("layer", "spoilt", "test"),
    [
        (
            RECORD,
            "affected.fresh_rec_encounter set kind = 'nothing known'",
            "accepted_values",
        ),
        (GOLDEN, "identity.person_phone set phone = null", "not_null"),
    ],
)
def test_a_row_that_breaks_a_promise_is_told_without_its_values(
    county: Redelivery, layer: str, spoilt: str, test: str
) -> None:
    settings = load_settings()
    built = DbtOutcome(layer, 1, 0, 0, 0.0)
    with county.engine.begin() as connection:
        # As it is until a build has ended; nothing that is said of other rows is asked.
        connection.exec_driver_sql(
            "insert into affected.fresh_rec_encounter"
            " select * from record.encounter where person_id is not null limit 5"
        )
        assert connection.exec_driver_sql(f"update {spoilt}").rowcount
    with pytest.raises(TransformError, match=rf"{test}_\w+ \(\d+ rows\)") as stopped:
        check_promises(county.engine, settings, built)
    assert "nothing known" not in str(stopped.value)
