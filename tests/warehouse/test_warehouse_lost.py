"""A server that is gone is recognised, and told in one line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from loaders.settings import Settings
from loaders.warehouse import embedded
from loaders.warehouse.alive import answers, forget_dead_server
from loaders.warehouse.connect import open_warehouse
from loaders.warehouse.lost import WarehouseLostError, is_lost
from loaders.warehouse.runs import begin_run
from tests.crash.server import kill_server


def test_a_connection_that_the_server_ends_is_lost(
    fresh_database: Callable[[], Engine],
) -> None:
    engine = fresh_database()
    with pytest.raises(WarehouseLostError), engine.begin() as connection:
        number = connection.scalar(text("select pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("select pg_terminate_backend(:number)"), {"number": number})
            other.execute(text("select pg_sleep(0.2)"))
        connection.execute(text("select 1"))
    # A new connection is all that it takes.
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1


def test_a_pooled_connection_that_died_unused_costs_nothing(
    fresh_database: Callable[[], Engine],
) -> None:
    engine = fresh_database()
    with engine.connect() as connection:
        number = connection.scalar(text("select pg_backend_pid()"))
    with psycopg.connect(
        engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as other:
        other.execute("select pg_terminate_backend(%s)", [number])
    with engine.connect() as connection:
        assert connection.scalar(text("select pg_backend_pid()")) != number


def test_where_nobody_listens_nothing_can_be_opened(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dsn = f"postgresql://nobody:secret@127.0.0.1:{unused.getsockname()[1]}/nothing"
        assert not answers(dsn)
        with pytest.raises(WarehouseLostError) as failure:
            open_warehouse(Settings(home=tmp_path, external_dsn=dsn))
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.errors.AdminShutdown("by order"), True),
        (psycopg.errors.CrashShutdown("another one crashed"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (psycopg.errors.DiskFull("no space left"), False),
        (psycopg.errors.QueryCanceled("timeout"), False),
        (psycopg.errors.UniqueViolation("twice"), False),
        (ValueError("anything else"), False),
    ],
)
def test_what_counts_as_lost(error: Exception, lost: bool) -> None:
    assert is_lost(error) is lost


def test_the_pid_file_of_a_dead_server_that_nobody_buried_is_removed(
    tmp_path: Path,
) -> None:
    pid_file = tmp_path / "postmaster.pid"
    child = subprocess.Popen([sys.executable, "-c", ""])
    # Ended and not waited for: its process id stays.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    pid_file.write_text(f"{child.pid}\n/some/folder\n", "ascii")
    forget_dead_server(tmp_path)
    assert not pid_file.exists()
    child.wait()


@pytest.mark.parametrize(
    "content",
    [f"{os.getpid()}\n/some/folder\n", "", "not a number"],
    ids=["a living process", "nothing", "not a number"],
)
def test_any_other_pid_file_is_left_alone(tmp_path: Path, content: str) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(content, "ascii")
    forget_dead_server(tmp_path)
    assert pid_file.read_text("ascii") == content


def test_after_a_crash_of_the_server_runs_are_numbered_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o711)
    monkeypatch.setenv("ONECARD_HOME", str(tmp_path))
    monkeypatch.delenv("ONECARD_DSN", raising=False)
    before = [begin_run("land", None) for _ in range(2)]
    kill_server("postmaster")
    try:
        assert begin_run("land", None) > max(before)
    finally:
        embedded.stop(tmp_path / "postgres")
