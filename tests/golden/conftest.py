"""The statements of these tests, chosen from once a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from loaders.settings import Settings
from loaders.transform import run_dbt
from tests.empty_layers import EmptyLayers
from tests.golden.statements import Known, Statements


@pytest.fixture(scope="session")
def known(
    request: pytest.FixtureRequest,
    make_database: Callable[[], Engine],
    layers: EmptyLayers,
    install: Callable[[Engine], Settings],
) -> Known:
    """What is known of the people whom the test files of this session describe."""
    engine = make_database()
    layers.fill(engine)
    statements = Statements()
    items = request.session.items
    modules = {item.module for item in items if isinstance(item, pytest.Function)}
    for module in sorted(modules, key=lambda module: module.__name__):
        if describe := getattr(module, "describe_people", None):
            describe(statements)
    statements.write(engine)
    run_dbt(install(engine), "2_identity/golden")
    return Known(engine)
