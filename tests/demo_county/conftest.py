"""Counties that the tests look at: the default one for a week, and a small one."""

from __future__ import annotations

import pytest

from loaders.demo_county.make import DemoSummary, make_demo_county

WEEK = 6


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """The county of the demo with a Monday among its later days."""
    return make_demo_county(tmp_path_factory.mktemp("week"), later_days=WEEK)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    return make_demo_county(tmp_path_factory.mktemp("small"), residents=150, later_days=2)
