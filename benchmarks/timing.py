"""What a command takes, as a process of its own, and what the database does for it."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

# Seconds until a server has seen that a client is gone.
LEAVING = 0.5


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and of CPU in the command and in the database together."""

    seconds: float
    cpu: float

    def __add__(self, other: Took) -> Took:
        return Took(self.seconds + other.seconds, self.cpu + other.cpu)


def run_timed(
    command: Sequence[str], folder: Path, more: Mapping[str, str], server: Path
) -> Took:
    """Run a command to its end; `server` is the folder of the embedded PostgreSQL.

    Raises: RuntimeError with what it said when it fails.
    """
    before, began = _cpu(server), perf_counter()
    done = subprocess.run(  # noqa: S603 - the benchmarks' own commands
        command, cwd=folder, env=os.environ | dict(more), capture_output=True, text=True
    )
    seconds = perf_counter() - began
    if done.returncode:
        raise RuntimeError(
            f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    sleep(LEAVING)
    return Took(seconds, _cpu(server) - before)


def _cpu(server: Path) -> float:
    """Of our children that ended, and of the server's: one process per connection."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    postmaster = (server / "data" / "postmaster.pid").read_text("ascii").split()[0]
    # The name of the program stands in brackets; what its children used is the 16th and
    # 17th field, in ticks.
    fields = Path(f"/proc/{postmaster}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    ticks = int(fields[13]) + int(fields[14])
    return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")
