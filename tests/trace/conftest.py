"""Walks in the small county, for tests that follow rows and lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from loaders.console.trace.show import start
from loaders.console.trace.walk import Walk
from loaders.lineage.project import Project
from tests.published_county import Built

__all__ = ["Built", "Walking"]


@dataclass(frozen=True)
class Walking:
    """A walk in the county, and what it knows."""

    walk: Walk
    project: Project
    connection: Connection


@pytest.fixture(scope="session")
def built(published_county: Built) -> Built:
    """The small county; no test of this folder changes it."""
    return published_county


@pytest.fixture(scope="module")
def walking(built: Built) -> Iterator[Walking]:
    with built.engine.connect() as connection:
        yield Walking(*start(connection, built.settings), connection)
