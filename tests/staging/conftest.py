"""Staging on an empty warehouse, and rows to try it with.

dbt builds the layer once: the functions that parse are then in the database, and what dbt
compiled of each model is a query that a test runs over rows of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loaders.identity.ledger import prepare as prepare_links
from loaders.landing.schema import prepare
from loaders.settings import Settings
from loaders.transform import run_dbt
from tests.staging.named_rows import known_county
from tests.staging.sent_rows import Deliveries


@dataclass(frozen=True)
class Staging:
    """A warehouse with an empty staging layer, and the queries of its models."""

    engine: Engine
    queries: dict[str, str]


@pytest.fixture(scope="session")
def staging(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Staging:
    """Staging and who is named, built by dbt from landing tables without a row."""
    engine = make_database()
    prepare(engine)
    prepare_links(engine)
    home = tmp_path_factory.mktemp("staging")
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = Settings(home=home, external_dsn=dsn)
    run_dbt(settings, "1_staging")
    run_dbt(settings, "2_identity")
    compiled = settings.dbt_folder / "target" / "compiled" / "onecard" / "models"
    return Staging(engine, {path.stem: path.read_text("utf-8") for path in _sql(compiled)})


def _sql(folder: Path) -> Iterator[Path]:
    # Compiled tests lie in folders that are named after a .yml file.
    for path in folder.rglob("*.sql"):
        if not any(part.endswith(".yml") for part in path.parts):
            yield path


@pytest.fixture
def deliveries(staging: Staging) -> Iterator[Deliveries]:
    with staging.engine.connect() as connection:
        yield Deliveries(connection, staging.queries)
        connection.rollback()


@pytest.fixture
def people(deliveries: Deliveries) -> Deliveries:
    return known_county(deliveries)


@pytest.fixture
def parse(staging: Staging) -> Iterator[Callable[..., object]]:
    """Calls a parsing function in the database."""
    with staging.engine.connect() as connection:

        def call(function: str, *values: object) -> object:
            names = ", ".join(
                f"cast(:v{n} as {'integer' if isinstance(value, int) else 'text'})"
                for n, value in enumerate(values)
            )
            return connection.scalar(
                text(f"select staging.{function}({names})"),
                {f"v{n}": value for n, value in enumerate(values)},
            )

        yield call
