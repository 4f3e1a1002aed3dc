"""An embedded warehouse for the identity tests, emptied before each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from loaders.identity.changes import forget, make_state
from loaders.identity.ledger import prepare
from loaders.settings import Settings
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.identity.messy_people import forget_everybody


@pytest.fixture(scope="session")
def identity_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home: Path = tmp_path_factory.mktemp("identity")
    settings = Settings(home=home, external_dsn=None)
    engine = open_warehouse(settings)
    prepare(engine)
    yield engine
    engine.dispose()
    embedded.stop(settings.database_folder)


@pytest.fixture
def engine(identity_warehouse: Engine) -> Engine:
    make_state(identity_warehouse)
    with identity_warehouse.begin() as connection:
        forget_everybody(connection)
        forget(connection)
    return identity_warehouse


@pytest.fixture
def facts(engine: Engine) -> Iterator[None]:
    """An empty table of facts about lives."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "create table identity.source_fact (record_key text, fact text,"
                " institution text, from_at timestamp, until_at timestamp, value text)"
            )
        )
    yield
    with engine.begin() as connection:
        connection.execute(text("drop table identity.source_fact"))


@pytest.fixture
def decisions(engine: Engine) -> Iterator[None]:
    """A table in the place of the stewards' view of decisions in force."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "create table identity.active_decision"
                " (record_key_a text, record_key_b text, verdict text)"
            )
        )
    yield
    with engine.begin() as connection:
        connection.execute(text("drop table identity.active_decision"))
