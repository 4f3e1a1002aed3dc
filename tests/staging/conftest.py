"""Staging on an empty warehouse, and rows to try it with.

dbt builds the layer once: the functions that parse are then in the database, and what dbt
compiled of each model is a query that a test runs over rows of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text

from tests.empty_layers import EmptyLayers
from tests.staging.named_rows import known_county
from tests.staging.sent_rows import Deliveries


@dataclass(frozen=True)
class Staging:
    """A warehouse with an empty staging layer, and the queries of its models."""

    engine: Engine
    queries: dict[str, str]


@pytest.fixture(scope="session")
def staging(make_database: Callable[[], Engine], layers: EmptyLayers) -> Staging:
    """Staging and who is named, built by dbt from landing tables without a row."""
    engine = make_database()
    layers.fill(engine)
    return Staging(engine, layers.queries)


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
