"""Processes that outlive the command which starts them, and how all of each is ended.

Goes in: a command. Comes out: a leader of a session of its own, remembered by process id
and start time, so that a number which the system has given to another program since is
never taken for ours. Ending a leader ends everything that it started.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

# The system's clock may be set between two looks at the same process.
START_TOLERANCE_SECONDS = 5.0
# A dbt process takes this long to give up its connections; after that nobody waits.
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Leader:
    """The first process of a session that we started."""

    name: str
    pid: int
    started: float


@dataclass(frozen=True)
class Service:
    """What runs together, where it answers, and what it was started with."""

    url: str
    started_with: str
    leaders: tuple[Leader, ...]

    def is_alive(self) -> bool:
        return all(is_alive(leader) for leader in self.leaders)


def start(
    name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> Leader:
    """Start a command that stays when we go; what it prints is added to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands, fixed arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )
    return Leader(name, process.pid, psutil.Process(process.pid).create_time())


def is_alive(leader: Leader) -> bool:
    """Whether this very process still runs."""
    try:
        process = psutil.Process(leader.pid)
        age_differs = abs(process.create_time() - leader.started) > START_TOLERANCE_SECONDS
        return not age_differs and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def members(leaders: Collection[Leader]) -> list[psutil.Process]:
    """Every living process of the leaders' sessions, and all that descends from them."""
    found: dict[int, psutil.Process] = {}
    # While one member lives the system gives the session's number to nobody else, so a
    # session whose leader is gone is still ours unless its number has a new owner.
    sessions = {leader.pid for leader in leaders if is_alive(leader) or _is_free(leader)}
    for process in psutil.process_iter():
        if _session_of(process) in sessions:
            found[process.pid] = process
            try:
                found |= {child.pid: child for child in process.children(recursive=True)}
            except psutil.NoSuchProcess:
                continue
    return list(found.values())


def end(leaders: Collection[Leader]) -> None:
    """End the leaders and everything they started; politely first."""
    group = members(leaders)
    for process in group:
        _signal(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(group, timeout=PATIENCE_SECONDS)
    # Asked again: a member may have started another while it was being ended.
    stubborn = [*stubborn, *members(leaders)]
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)


def remember(service: Service, file: Path) -> None:
    """Write down what runs, readable by its owner alone, in one move."""
    draft = file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(service), indent=1), "utf-8")
    draft.replace(file)


def recall(file: Path) -> Service | None:
    """What was written down, running or not; None when there is no file."""
    if not file.exists():
        return None
    noted = json.loads(file.read_text("utf-8"))
    leaders = tuple(Leader(**leader) for leader in noted["leaders"])
    return Service(noted["url"], noted["started_with"], leaders)


def _is_free(leader: Leader) -> bool:
    return not psutil.pid_exists(leader.pid)


def _session_of(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except (ProcessLookupError, PermissionError):
        return -1


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
