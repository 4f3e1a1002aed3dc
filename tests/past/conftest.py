"""A sender and an empty warehouse, for what is landed by hand."""

from __future__ import annotations

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
def landing(engine: Engine, sender: Sender) -> Landing:
    return Landing(engine, sender.root)
