"""The situations of these tests, counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.indicators.counting import Counted, count_situations


@pytest.fixture(scope="session")
def counted(
    request: pytest.FixtureRequest,
    make_database: Callable[[], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Counted:
    """What came of the situations that the test files of this folder describe."""
    home = tmp_path_factory.mktemp("situations")
    folder = Path(__file__).parent
    return count_situations(request.session, folder, make_database, home)
