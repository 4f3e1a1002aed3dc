"""Landings in processes of their own, many of them, each begun without delay.

`Lander` starts a helper that has everything imported and forks at every request: what is
killed is a whole process with connections of its own, and none waits for its imports.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from loaders.settings import PROJECT
from tests.crash.server import kill_server

# Longer than any landing here takes, also on a busy machine.
HANGS_AFTER = 300.0


@dataclass(frozen=True)
class Ended:
    """How a landing ended: the exit code, minus the signal where one ended it."""

    code: int
    said: str
    complained: str
    seconds: float
    # How often it came to each point; known of a landing that was let to its end.
    passed: dict[str, int]

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Lander:
    """Lands deliveries into a warehouse, and kills the landing on demand."""

    def __init__(self, environment: dict[str, str], bulk_from: int) -> None:
        """The environment says which warehouse: ONECARD_DSN or ONECARD_HOME.

        A file of `bulk_from` rows is large for these landings, as one of 20,000 is usually.
        """
        self._helper = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.lander", str(bulk_from)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT,
            env={**os.environ, "ONECARD_DSN": "", **environment},
            text=True,
        )

    def land(
        self,
        deliveries: Path,
        *,
        kill_at: str | None = None,
        kill_after: float | None = None,
        victim: str = "",
        systems: str = "",
    ) -> Ended:
        """Land; die at a registered point, or be killed after so many seconds.

        The victim can also be the `postmaster` of an embedded server or a `backend` of it.
        """
        self.begin(
            deliveries,
            kill_at=kill_at,
            kill_after=kill_after,
            victim=victim,
            systems=systems,
        )
        return self.end()

    def begin(self, deliveries: Path, **request: Any) -> None:
        """As land, but without waiting for the end."""
        assert self._helper.stdin is not None
        line = json.dumps({"deliveries": str(deliveries), **request})
        self._helper.stdin.write(line + "\n")
        self._helper.stdin.flush()

    def end(self) -> Ended:
        """Wait for what was begun."""
        assert self._helper.stdout is not None
        return Ended(**json.loads(self._helper.stdout.readline()))

    def close(self) -> None:
        """End the helper; it ends by itself, too, when its input does."""
        assert self._helper.stdin is not None
        self._helper.stdin.close()
        self._helper.wait(HANGS_AFTER)


def _serve() -> None:
    # Imported before the first request, for all of them.
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

    import loaders.landing.land  # noqa: F401
    from loaders.contracts.model import load_contracts
    from loaders.landing import load
    from tests.crash import land_only  # noqa: F401

    load.ANALYZE_FROM = int(sys.argv[1])
    load_contracts()
    # What is there now stays: collecting it would copy it into every child.
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    with ExitStack() as stack:
        said, complained, passed = (
            stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)
        )
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(complained.fileno(), 2)
            _land_and_exit(request, passed)
        after, victim = request.get("kill_after"), request.get("victim")
        timers = [threading.Timer(HANGS_AFTER, os.kill, (child, signal.SIGABRT))]
        if after is not None:
            kill = partial(os.kill, child, signal.SIGKILL)
            timers.append(
                threading.Timer(after, partial(kill_server, victim) if victim else kill)
            )
        for timer in timers:
            timer.start()
        # Not reaped before the timers are stopped: its number cannot become another's.
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        for timer in timers:
            timer.cancel()
            timer.join()
        _, status = os.waitpid(child, 0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "said": _read(said),
            "complained": _read(complained),
            "seconds": time.monotonic() - began,
            "passed": json.loads(_read(passed) or "{}"),
        }


def _land_and_exit(request: dict[str, Any], passed: IO[bytes]) -> None:
    from loaders.landing import points
    from tests.crash.land_only import main

    code: Any = 1
    try:
        # Armed where it never comes to, it counts what it comes to.
        points.arm(request.get("kill_at") or f"{points.POINTS[0]}:0")
        if request.get("victim"):
            points.die = partial(_kill_server_and_say_so, request["victim"])
        sys.argv = ["onecard", "land-only", "--deliveries", request["deliveries"]]
        sys.argv += ["--systems", request.get("systems", "")]
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        passed.write(json.dumps(points.passed).encode())
        passed.flush()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _kill_server_and_say_so(victim: str) -> None:
    kill_server(victim)
    print(f"killed {victim}")


def _read(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read().decode("utf-8", "replace"))


if __name__ == "__main__":
    _serve()
