"""One run of the pipeline's steps in a process of its own, and what each of them took.

    python -m benchmarks.building DELIVERIES THROUGH SYSTEMS STEP ...

Prints one line of JSON per step. Processor time counts this program and all processes of
the embedded server; memory is the highest that this program has ever held.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time

from loaders.settings import load_settings
from loaders.warehouse import embedded

EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Taken:
    """What one step took: wall and processor time in seconds, memory at its peak in MB."""

    step: str
    said: str
    seconds: float
    program_seconds: float
    server_seconds: float
    program_mb: float

    @property
    def processor_seconds(self) -> float:
        return self.program_seconds + self.server_seconds


@dataclass(frozen=True)
class Build:
    """All steps of one run; of the server, the memory that its processes do not share."""

    steps: tuple[Taken, ...]
    server_mb: float

    @property
    def program_mb(self) -> float:
        return max(step.program_mb for step in self.steps)

    def step(self, name: str) -> Taken:
        return next(step for step in self.steps if step.step == name)

    def seconds(self, names: Sequence[str]) -> float:
        return sum(step.seconds for step in self.steps if step.step in names)

    def processor_seconds(self, names: Sequence[str]) -> float:
        return sum(step.processor_seconds for step in self.steps if step.step in names)


def build(
    deliveries: Path, through: date, systems: Sequence[str], steps: Sequence[str]
) -> Build:
    """Do some steps in a process of their own; all systems when none is named.

    Raises: CalledProcessError when a step said no.
    """
    asked = [str(deliveries), through.isoformat(), ",".join(systems), *steps]
    ended, peak = Event(), [0.0]
    watch = Thread(target=_watch_server, args=(ended, peak))
    watch.start()
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.building", *asked],
            check=True, stdout=subprocess.PIPE, text=True, env=os.environ,
        )  # fmt: skip
    finally:
        ended.set()
        watch.join()
    taken = [Taken(**json.loads(line)) for line in done.stdout.splitlines()]
    return Build(tuple(taken), peak[0])


def _watch_server(ended: Event, peak: list[float]) -> None:
    while not ended.wait(EVERY_SECONDS):
        peak[0] = max(peak[0], _server_megabytes())


def _server_megabytes() -> float:
    held = 0
    for process in _server_processes():
        try:
            status = (process / "status").read_text("ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            # It ended between the list and the look.
            continue
        # Without the buffers, which all of them share.
        if found := re.search(r"RssAnon:\s+(\d+) kB", status):
            held += int(found[1])
    return held / 1024


def _server_seconds() -> float:
    """Processor time of the server's processes, those that have ended included."""
    ticks = 0
    for number, process in enumerate(_server_processes()):
        fields = _stat(process)
        # Of the first, the parent of all, also what its ended children took.
        ticks += sum(map(int, fields[11 : 15 if number == 0 else 13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _server_processes() -> Iterator[Path]:
    """The embedded server and then its children."""
    for file in load_settings().database_folder.rglob("postmaster.pid"):
        parent = file.read_text().split()[0]
        yield Path("/proc") / parent
        for process in Path("/proc").glob("[0-9]*"):
            fields = _stat(process)
            if fields and fields[1] == parent:
                yield process
        return
    raise embedded.EmbeddedServerError("the embedded server does not run")


def _stat(process: Path) -> list[str]:
    """The fields of /proc/<pid>/stat behind the name; none of a process that has ended."""
    try:
        return (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _own_peak_megabytes() -> float:
    # Not ru_maxrss: there a program begins with the memory of the one that has started it.
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _main(deliveries: Path, through: date, systems: list[str], steps: list[str]) -> None:
    from loaders.pipeline import begin_run, finish_run, run_step

    run_id = begin_run("build", through)
    for name in steps:
        began, own, server = perf_counter(), process_time(), _server_seconds()
        said = run_step(
            name,
            run_id=run_id,
            deliveries=deliveries,
            through=through,
            systems=systems or None,
            report=lambda _: None,
        )
        taken = Taken(
            step=name,
            said=said,
            seconds=perf_counter() - began,
            program_seconds=process_time() - own,
            server_seconds=_server_seconds() - server,
            program_mb=_own_peak_megabytes(),
        )
        print(json.dumps(asdict(taken)), flush=True)
    finish_run(run_id, "landed", "measured")


if __name__ == "__main__":
    _main(
        Path(sys.argv[1]),
        date.fromisoformat(sys.argv[2]),
        [system for system in sys.argv[3].split(",") if system],
        sys.argv[4:],
    )
