"""The embedded server: restartable, on loopback, with a password, one writer."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url

from loaders.warehouse import embedded
from loaders.warehouse.connect import WarehouseBusyError, writer_lease


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    embedded.stop(tmp_path / "postgres")


def _postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_starting_twice_is_starting_once(folder: Path) -> None:
    assert embedded.start(folder) == embedded.start(folder)


def test_data_survives_stop_and_start(folder: Path) -> None:
    with psycopg.connect(embedded.start(folder)) as connection:
        connection.execute("create table kept as select 1 as one")
    assert embedded.stop(folder)
    with psycopg.connect(embedded.start(folder)) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_killed_server_starts_again(folder: Path) -> None:
    with psycopg.connect(embedded.start(folder)) as connection:
        connection.execute("create table kept as select 1 as one")
    pid = _postmaster(folder)
    children = psutil.Process(pid).children(recursive=True)
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs(children, timeout=20)
    with psycopg.connect(embedded.start(folder)) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_it_listens_on_loopback_only(folder: Path) -> None:
    embedded.start(folder)
    listening = psutil.Process(_postmaster(folder)).net_connections(kind="inet")
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_nobody_enters_without_the_password(folder: Path) -> None:
    address = make_url(embedded.start(folder)).set(password="guess")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address.render_as_string(hide_password=False))


def test_stopping_a_stopped_server_says_so(folder: Path) -> None:
    embedded.start(folder)
    assert embedded.stop(folder)
    assert not embedded.stop(folder)


@pytest.fixture
def two_engines(folder: Path) -> tuple[Engine, Engine]:
    url = make_url(embedded.start(folder)).set(drivername="postgresql+psycopg")
    return create_engine(url), create_engine(url)


def test_a_second_writer_is_turned_away(two_engines: tuple[Engine, Engine]) -> None:
    first, second = two_engines
    with writer_lease(first), pytest.raises(WarehouseBusyError), writer_lease(second):
        pass


def test_landings_of_two_systems_go_together(two_engines: tuple[Engine, Engine]) -> None:
    first, second = two_engines
    with writer_lease(first, shared=True), writer_lease(second, shared=True):
        pass


def test_no_build_begins_while_something_lands(two_engines: tuple[Engine, Engine]) -> None:
    first, second = two_engines
    with (
        writer_lease(first, shared=True),
        pytest.raises(WarehouseBusyError),
        writer_lease(second),
    ):
        pass
