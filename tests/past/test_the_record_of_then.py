"""The record as of any release is what it was, whatever was learned or decided since."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from loaders.past.rebuild import rebuild_record
from loaders.settings import load_settings
from tests.past.releases import Releases, digests, make_releases


@pytest.fixture(scope="module")
def county(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Releases]:
    home = tmp_path_factory.mktemp("past")
    engine = make_database()
    address = engine.url.set(drivername="postgresql")
    variables = {
        "ONECARD_HOME": str(home),
        "ONECARD_DSN": address.render_as_string(hide_password=False),
    }
    with patch.dict(os.environ, variables):
        yield make_releases(engine, home)


@pytest.mark.parametrize("release", [1, 2, 3, 4])
def test_every_table_is_what_it_was(county: Releases, release: int) -> None:
    built = rebuild_record(county.engine, load_settings(), release, with_identity=True)
    with county.engine.connect() as connection:
        then = digests(connection, built.schema, f"{built.schema}_identity")
    assert then == county.digests[release]
