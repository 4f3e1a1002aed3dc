"""The situations of these tests, counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loaders.settings import Settings
from tests.empty_layers import EmptyLayers
from tests.indicators.counting import Counted, count_situations


@pytest.fixture(scope="session")
def counted(
    request: pytest.FixtureRequest,
    make_database: Callable[[], Engine],
    layers: EmptyLayers,
    install: Callable[[Engine], Settings],
) -> Counted:
    """What came of the situations that the test files of this folder describe."""
    engine = make_database()
    layers.fill(engine)
    folder = Path(__file__).parent
    return count_situations(request.session, folder, engine, install(engine))
