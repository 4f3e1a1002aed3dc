"""Warehouses with a staging layer, copied from one that dbt has built from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from loaders.landing.schema import prepare
from loaders.settings import Settings
from loaders.transform import run_dbt
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.landing.looking import Landing
from tests.landing.sending import Sender


@dataclass(frozen=True)
class Staged:
    """The name of a database with an empty staging layer, and what its models ask."""

    database: str
    queries: dict[str, str]


@pytest.fixture(scope="session")
def staged(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Staged:
    """Staging, and the functions for earlier days, on landing tables without a row."""
    engine = make_database()
    prepare(engine)
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = Settings(home=tmp_path_factory.mktemp("staged"), external_dsn=dsn)
    run_dbt(settings, "1_staging")
    database = f'"{engine.url.database}".'
    _unqualify_functions(engine, database)
    # A database that somebody is connected to cannot be copied.
    engine.dispose()
    compiled = settings.dbt_folder / "target" / "compiled" / "onecard" / "models"
    queries = {
        # Without the database's name, so that its copies can be asked too.
        path.stem: path.read_text("utf-8").replace(database, "")
        for path in compiled.rglob("stg_*.sql")
        if not any(part.endswith(".yml") for part in path.parts)
    }
    return Staged(str(engine.url.database), queries)


def _unqualify_functions(engine: Engine, database: str) -> None:
    """Let the functions work in a copy of the database, which has another name."""
    with engine.begin() as connection:
        connection.execute(text("set local check_function_bodies = off"))
        for definition in connection.scalars(
            text(
                "select pg_get_functiondef(oid) from pg_proc"
                " where pronamespace in ('staging'::regnamespace, 'landing'::regnamespace)"
            )
        ).all():
            connection.exec_driver_sql(definition.replace(database, "").replace("%", "%%"))


@pytest.fixture
def make_landing(
    server_home: Path, staged: Staged, sender: Sender
) -> Iterator[Callable[[], Landing]]:
    """Makes warehouses with an empty staging layer for one test; dropped after it."""
    server = make_url(embedded.address(server_home / "postgres"))
    server = server.set(drivername="postgresql+psycopg")
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    numbers = count(1)
    engines: list[Engine] = []

    def make() -> Landing:
        name = f"{staged.database}_copy_{next(numbers)}"
        with admin.connect() as connection:
            connection.execute(text(f"create database {name} template {staged.database}"))
        dsn = server.set(database=name).render_as_string(hide_password=False)
        engines.append(open_warehouse(Settings(home=server_home, external_dsn=dsn)))
        return Landing(engines[-1], sender.root)

    yield make
    for engine in engines:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"drop database {engine.url.database} with (force)"))
    admin.dispose()


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    (tmp_path / "deliveries").mkdir()
    return Sender(tmp_path / "deliveries")


@pytest.fixture
def landing(make_landing: Callable[[], Landing]) -> Landing:
    return make_landing()
