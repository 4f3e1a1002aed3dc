from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from loaders.contracts.model import contract_of
from tests.tiny_county import build_tiny_county, copy_of

DELIVERED = ("A01", "A02", "E02")
SUITES = ("landing", "landing_ledger", "staging")


@pytest.fixture(scope="package")
def built_county(make_database: Callable[[], Engine]) -> Engine:
    """The tiny county, built once."""
    warehouse = make_database()
    build_tiny_county(warehouse)
    return warehouse


@pytest.fixture
def county(built_county: Engine) -> Iterator[Engine]:
    """A tiny county of its own for every test."""
    with copy_of(built_county) as copy:
        yield copy


@pytest.fixture(autouse=True)
def only_what_is_delivered(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suites follow three contracts: asking about empty tables takes time, no more."""
    if "county" in request.fixturenames:
        contracts = tuple(contract_of(feed) for feed in DELIVERED)
        for suite in SUITES:
            monkeypatch.setattr(f"expectations.{suite}.load_contracts", lambda: contracts)
