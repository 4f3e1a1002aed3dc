"""A warehouse for the identity tests, emptied before each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from loaders.identity.changes import forget, make_state
from loaders.identity.ledger import prepare
from tests.identity.messy_people import forget_everybody


@pytest.fixture(scope="session")
def identity_warehouse(make_database: Callable[[], Engine]) -> Engine:
    engine = make_database()
    prepare(engine)
    return engine


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
