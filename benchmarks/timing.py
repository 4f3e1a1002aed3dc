"""What a command takes, as a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, seconds of CPU in the command (not in the database), output."""

    seconds: float
    cpu: float
    said: str = ""


def run_timed(command: Sequence[str], folder: Path, more: Mapping[str, str]) -> Took:
    """Run a command to its end. Raises: RuntimeError with what it said when it fails."""
    before, began = _cpu(), perf_counter()
    done = subprocess.run(  # noqa: S603 - the benchmarks' own commands
        command, cwd=folder, env=os.environ | dict(more), capture_output=True, text=True
    )
    took = Took(perf_counter() - began, _cpu() - before, done.stdout)
    if done.returncode:
        raise RuntimeError(
            f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return took


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
