"""A sender and an empty warehouse, for what is landed by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.landing.looking import Landing
from tests.landing.sending import Sender


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    (tmp_path / "deliveries").mkdir()
    return Sender(tmp_path / "deliveries")


@pytest.fixture
def engine(fresh_database: Callable[[str], Engine], with_landing: str) -> Engine:
    """A warehouse for one test, with landing's tables and nothing in them."""
    return fresh_database(with_landing)


@pytest.fixture
def landing(engine: Engine, sender: Sender) -> Landing:
    return Landing(engine, sender.root)
