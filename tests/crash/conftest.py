"""A small county, and a process that lands it and may be killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.crash.lander import Lander
from tests.crash.small_county import BULK_FROM, send_all
from tests.landing.sending import Sender

# How many random kills, and how many of the database; more for a long run by hand.
KILLS = int(os.environ.get("ONECARD_KILLS", "6"))

Lane = tuple[Engine, Lander]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Sender:
    """The deliveries of the small county."""
    sender = Sender(tmp_path_factory.mktemp("small_county") / "deliveries")
    sender.root.mkdir()
    send_all(sender)
    return sender


@pytest.fixture(scope="session")
def first_day_late(
    county: Sender, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The county as it is while its first day is late, and when it has come."""
    late = tmp_path_factory.mktemp("late") / "deliveries"
    late.mkdir()
    for day in sorted(county.root.iterdir())[1:]:
        (late / day.name).symlink_to(day)
    return late, county.root


@pytest.fixture(scope="session")
def crash_lanes(make_database: Callable[[], Engine]) -> Iterator[list[Lane]]:
    """Two warehouses that tests empty again and again, each with who lands into it."""
    engines = [make_database() for _ in range(2)]
    lanes = [
        (engine, Lander({"ONECARD_DSN": dsn_of(engine)}, BULK_FROM)) for engine in engines
    ]
    yield lanes
    for _, lander in lanes:
        lander.close()


@pytest.fixture
def crash_database(crash_lanes: list[Lane]) -> Engine:
    """The first of the two warehouses."""
    return crash_lanes[0][0]


@pytest.fixture
def lander(crash_lanes: list[Lane]) -> Lander:
    """Who lands into the first warehouse."""
    return crash_lanes[0][1]


def dsn_of(engine: Engine) -> str:
    """The address of a warehouse as ONECARD_DSN has it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
