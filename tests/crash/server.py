"""Kills the embedded server of the installation that the environment names, or a part."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psycopg

from loaders.settings import load_settings
from loaders.warehouse import embedded

VICTIMS = ("postmaster", "backend")


def kill_server(victim: str) -> None:
    """SIGKILL the postmaster, or one backend: then the others must go, too."""
    folder = load_settings().database_folder
    if victim == "postmaster":
        os.kill(postmaster(), signal.SIGKILL)
        return
    with psycopg.connect(embedded.address(folder), autocommit=True) as connection:
        row = connection.execute(
            "select pid from pg_stat_activity where backend_type = 'client backend'"
            " and pid <> pg_backend_pid() and datname = current_database()"
            " order by state = 'idle', backend_start desc limit 1"
        ).fetchone()
    # Between the question and the signal it may have ended.
    with suppress(ProcessLookupError):
        if row is not None:
            os.kill(row[0], signal.SIGKILL)


def postmaster() -> int:
    """The process id of the server in this installation's folder."""
    pid_file = load_settings().database_folder / "data" / "postmaster.pid"
    return int(pid_file.read_text("ascii").splitlines()[0])
