from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from tests.tiny_county import build_tiny_county, copy_of


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
