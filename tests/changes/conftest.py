"""A county for each module, copied from one that is landed and built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.changes.redelivery import Redelivery
from tests.changes.same_shadow import SameShadow
from tests.changes.small_county import SEED, build_some_of, installed, land_county

Copy = Callable[[Redelivery, int], Redelivery]


@pytest.fixture(scope="session")
def landed_county(
    make_database: Callable[[], Engine],
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Redelivery:
    """A small county as it was delivered; no test changes it."""
    return land_county(make_database(), tmp_path_factory.mktemp("landed"), shared_folder)


@pytest.fixture(scope="session")
def built_county(
    copy: Copy,
    landed_county: Redelivery,
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Redelivery:
    """That county when some of it has come and the record has been built."""
    county = copy(landed_county, SEED)
    build_some_of(county, tmp_path_factory.mktemp("built"), shared_folder)
    return county


@pytest.fixture(scope="session")
def copy(make_database: Callable[[str], Engine]) -> Copy:
    """Makes a county like another, with deliveries of its own to come."""

    def make(county: Redelivery, seed: int) -> Redelivery:
        # A database that somebody is connected to cannot be copied.
        county.engine.dispose()
        return county.on(make_database(str(county.engine.url.database)), seed)

    return make


@pytest.fixture(scope="session")
def same_shadow() -> SameShadow:
    """What all checks of a record are built by."""
    return SameShadow()


@pytest.fixture(scope="module")
def county(
    request: pytest.FixtureRequest,
    copy: Copy,
    same_shadow: SameShadow,
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Redelivery]:
    """What the module begins with: the built county, or the one that BEGINS_WITH names.

    What comes there is drawn by the module's own SEED.
    """
    begins_with = getattr(request.module, "BEGINS_WITH", "built_county")
    county = copy(request.getfixturevalue(begins_with), request.module.SEED)
    home = tmp_path_factory.mktemp("installation")
    with installed(county.engine, home, shared_folder), same_shadow.used():
        yield county
