"""The situations of these tests, counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.indicators.counting import Counted, count_situations


@pytest.fixture(scope="session")
def counted(
    request: pytest.FixtureRequest,
    make_database: Callable[[], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Counted:
    """What came of the situations that the test files of this session describe."""
    home = tmp_path_factory.mktemp("situations")
    return count_situations(request.session, make_database, home)
