"""Whether an embedded server is there, asked in ways that a killed one cannot mislead."""

from __future__ import annotations

from pathlib import Path

import psutil  # type: ignore[import-untyped]
from psycopg.pq import PGconn, Ping


def answers(dsn: str) -> bool:
    """Whether a server listens; that it takes no connections yet is an answer, too."""
    return PGconn.ping(dsn.encode()) in (Ping.OK, Ping.REJECT)


def forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that is dead and that nobody has buried.

    Where no process waits for orphans, as in many containers, a killed server keeps its
    process id for ever, and PostgreSQL would believe it alive.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text("ascii").split("\n", 1)[0])
        is_dead = psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return
    if is_dead:
        pid_file.unlink(missing_ok=True)
