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


@pytest.fixture(scope="module")
def crash_database(make_database: Callable[[], Engine]) -> Engine:
    """A warehouse that the tests of one module empty again and again."""
    return make_database()


@pytest.fixture(scope="module")
def lander(crash_database: Engine) -> Iterator[Lander]:
    address = crash_database.url.set(drivername="postgresql")
    dsn = address.render_as_string(hide_password=False)
    lander = Lander({"ONECARD_DSN": dsn}, BULK_FROM)
    yield lander
    lander.close()
