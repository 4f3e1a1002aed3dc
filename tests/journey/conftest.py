"""A demo county, brought to publication twice: all deliveries at once, and one by one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from loaders.settings import Settings
from tests.thrown_away import start_thrown_away
from tests.with_dbt import lend_parse

RESIDENTS = 800
SEED = 7
LATER_DAYS = 3


@dataclass(frozen=True)
class Installation:
    """An OneCard of its own: its home folder, its database, its command."""

    home: Path
    county: Path

    def onecard(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("onecard")), *arguments],
            env=os.environ | {"ONECARD_HOME": str(self.home), "ONECARD_DSN": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    @cached_property
    def address(self) -> str:
        return self.onecard("dsn").strip()

    def engine(self) -> Engine:
        url = make_url(self.address).set(drivername="postgresql+psycopg")
        return create_engine(url, hide_parameters=True)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from loaders.demo_county.make import make_demo_county

    folder = tmp_path_factory.mktemp("county")
    make_demo_county(
        folder,
        residents=RESIDENTS,
        seed=SEED,
        later_days=LATER_DAYS,
        report=lambda _: None,
    )
    return folder


@pytest.fixture(scope="session")
def together(
    county: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Every delivery in one release."""
    place = Installation(tmp_path_factory.mktemp("together"), county)
    place.onecard("run", "--deliveries", str(county / "deliveries"))
    yield place
    place.onecard("down")


@pytest.fixture(scope="session")
def each(
    county: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A release of every delivery, in order.

    What takes time and is proven by the other: dbt has read the project already, and the
    server, which nobody kills, need not write to the disk what it has.
    """
    place = Installation(tmp_path_factory.mktemp("each"), county)
    address = start_thrown_away(place.home / "postgres")
    lend_parse(shared_folder, Settings(home=place.home, external_dsn=address))
    place.onecard("run", "--deliveries", str(county / "deliveries"), "--each")
    yield place
    place.onecard("down")
