"""The statements of these tests, chosen from once a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from loaders.identity.ledger import prepare as prepare_identity
from loaders.landing.schema import prepare as prepare_landing
from loaders.settings import Settings
from loaders.transform import run_dbt
from tests.golden.statements import Known, Statements


@pytest.fixture(scope="session")
def known(
    request: pytest.FixtureRequest,
    make_database: Callable[[], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Known:
    """What is known of the people whom the test files of this session describe."""
    engine = make_database()
    address = engine.url.set(drivername="postgresql")
    settings = Settings(
        home=tmp_path_factory.mktemp("golden"),
        external_dsn=address.render_as_string(hide_password=False),
    )
    prepare_landing(engine)
    prepare_identity(engine)
    # On nothing: this makes the tables that the statements are put into.
    for layer in ("1_staging", "2_identity"):
        run_dbt(settings, layer)
    statements = Statements()
    items = request.session.items
    modules = {item.module for item in items if isinstance(item, pytest.Function)}
    for module in sorted(modules, key=lambda module: module.__name__):
        if describe := getattr(module, "describe_people", None):
            describe(statements)
    statements.write(engine)
    run_dbt(settings, "2_identity/golden")
    return Known(engine)
