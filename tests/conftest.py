"""One embedded PostgreSQL for a whole test session, and databases on it to throw away."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from xdist.scheduler import LoadScopeScheduling

from loaders.landing.schema import prepare
from loaders.settings import Settings
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.empty_layers import EmptyLayers, empty_layers, settings_of
from tests.published_county import Built, publish_county
from tests.thrown_away import start_thrown_away
from tests.with_dbt import lend_parse


class MakeDatabase(Protocol):
    """Makes a warehouse, empty or like another."""

    def __call__(self, like: str = ...) -> Engine: ...


# The folders that take longest, which begin first: a worker that begins one of them last
# would let the others wait. Of the rest that goes first which has most tests.
LONGEST_FIRST = (
    "journey", "changes", "trace", "landing", "dags", "past", "identity", "stewards",
    "indicators", "audit", "onboarding", "crash", "record", "collect", "golden",
)  # fmt: skip
# Folders that share what is costly to make.
TOGETHER = {"interchange": "trace"}


class ByFolder(LoadScopeScheduling):
    """Run side by side by folders: tests of one folder share what is costly to make."""

    def _split_scope(self, nodeid: str) -> str:
        return _folder(nodeid)


def _folder(nodeid: str) -> str:
    folder = nodeid.split("/")[1]
    return TOGETHER.get(folder, folder)


def pytest_configure() -> None:
    """Look for garbage less often: what dbt remembers of the project is none.

    With the usual threshold it is looked through so often that dbt takes a tenth longer.
    """
    gc.set_threshold(100_000, 20, 50)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    # It would begin with the folders of most tests, which are the smallest ones.
    config.option.loadscopereorder = False
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; tests of one folder stay in their order."""
    tests = Counter(_folder(item.nodeid) for item in items)
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}

    def rank(item: pytest.Item) -> tuple[int, int, str]:
        folder = _folder(item.nodeid)
        return ranks.get(folder, len(ranks)), -tests[folder], folder

    items.sort(key=rank)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a session share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of an installation whose database server runs until the session ends."""
    home = tmp_path_factory.mktemp("home")
    start_thrown_away(home / "postgres")
    yield home
    embedded.stop(home / "postgres")


@pytest.fixture(scope="session")
def make_database(server_home: Path) -> Iterator[MakeDatabase]:
    """Makes a warehouse of its own at every call; all are dropped when the session ends.

    It is empty, or a copy of another to which nobody is connected.
    """
    server = make_url(embedded.address(server_home / "postgres"))
    admin = create_engine(
        server.set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    numbers = count(1)
    engines: list[Engine] = []

    def make(like: str = "template1") -> Engine:
        name = f"test_{next(numbers)}"
        with admin.connect() as connection:
            connection.execute(
                text(f"create database {name} template {like} strategy file_copy")
            )
        dsn = server.set(database=name).render_as_string(hide_password=False)
        engines.append(open_warehouse(Settings(home=server_home, external_dsn=dsn)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()
    admin.dispose()


@pytest.fixture(scope="session")
def layers(shared_folder: Path, make_database: MakeDatabase) -> EmptyLayers:
    """Staging and who is named, built from nothing, to fill warehouses with."""
    return empty_layers(shared_folder, make_database)


@pytest.fixture(scope="session")
def install(
    shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Engine], Settings]:
    """Makes an installation on a warehouse, for which dbt has read the project already."""

    def make(engine: Engine) -> Settings:
        settings = settings_of(engine, tmp_path_factory.mktemp("installation"))
        lend_parse(shared_folder, settings)
        return settings

    return make


@pytest.fixture(scope="session")
def published_county(
    make_database: MakeDatabase,
    install: Callable[[Engine], Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """A small demo county in its first release, to be looked at."""
    engine = make_database()
    return publish_county(engine, install(engine), tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="session")
def warehouse(make_database: Callable[[], Engine]) -> Engine:
    """A warehouse that all tests of a session share."""
    return make_database()


@pytest.fixture
def fresh_database(make_database: MakeDatabase) -> Iterator[MakeDatabase]:
    """Makes warehouses for one test; they are dropped after it."""
    engines: list[Engine] = []

    def make(like: str = "template1") -> Engine:
        engines.append(make_database(like))
        return engines[-1]

    yield make
    for engine in engines:
        _drop(engine)


@pytest.fixture(scope="session")
def with_landing(make_database: MakeDatabase) -> str:
    """The name of a warehouse with landing's tables, to be copied: they take a second."""
    engine = make_database()
    prepare(engine)
    engine.dispose()
    return str(engine.url.database)


@pytest.fixture
def engine(fresh_database: Callable[[], Engine]) -> Engine:
    """A warehouse for one test, empty."""
    return fresh_database()


def _drop(engine: Engine) -> None:
    engine.dispose()
    admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'drop database "{engine.url.database}" with (force)'))
    admin.dispose()
