"""Kills the embedded server of the installation that the environment names, or a part."""

from __future__ import annotations

import time
from contextlib import suppress

import psutil  # type: ignore[import-untyped]
import psycopg

from loaders.settings import load_settings
from loaders.warehouse import embedded

VICTIMS = ("postmaster", "backend")
# Longer than any statement here runs: a backend that is in one notices only after it.
DIES_WITHIN = 60.0


def kill_server(victim: str) -> None:
    """SIGKILL the postmaster or a backend, and return when it is dead.

    With the postmaster all backends go. A signal takes its time: on a busy machine a
    landing could end well before its server does.
    """
    if victim == "postmaster":
        killed = psutil.Process(postmaster())
        dying = [killed, *killed.children()]
    else:
        dying = _busiest_backend()
    # Between the question and the signal it may have ended.
    with suppress(psutil.NoSuchProcess):
        if dying:
            dying[0].kill()
            _wait_until_gone(dying)


def postmaster() -> int:
    """The process id of the server in this installation's folder."""
    pid_file = load_settings().database_folder / "data" / "postmaster.pid"
    return int(pid_file.read_text("ascii").splitlines()[0])


def _busiest_backend() -> list[psutil.Process]:
    """A backend in a statement, or else in a transaction, or else any; [] of none."""
    address = embedded.address(load_settings().database_folder)
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(
            "select pid from pg_stat_activity where backend_type = 'client backend'"
            " and pid <> pg_backend_pid() and datname = current_database()"
            " order by state = 'idle', backend_start desc limit 1"
        ).fetchone()
    with suppress(psutil.NoSuchProcess):
        return [psutil.Process(row[0])] if row is not None else []
    return []


def _wait_until_gone(processes: list[psutil.Process]) -> None:
    until = time.monotonic() + DIES_WITHIN
    while left := [process for process in processes if not _is_gone(process)]:
        assert time.monotonic() < until, f"{len(left)} processes outlive their server"
        time.sleep(0.005)


def _is_gone(process: psutil.Process) -> bool:
    try:
        # Whoever adopted it may never ask how it ended.
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
