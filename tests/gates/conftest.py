from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.tiny_county import tiny_county


@pytest.fixture
def county(engine: Engine) -> Iterator[Engine]:
    """A tiny county, new for every test."""
    with tiny_county(engine) as made:
        yield made
