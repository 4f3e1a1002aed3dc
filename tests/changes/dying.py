"""Builds that die: killed at a place or at any moment, or stopped by a promise that broke.

A build that is killed runs in a process of its own, forked from this one, and ends as a
power cut would end it. Places are models of dbt (when one is there) and functions of
loaders/changes (when they are called).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine

from loaders import transform
from loaders.changes import prepared, promises
from loaders.transform import RunModel
from tests.changes.building import LAYERS, build

# Between what is told of changes and what is built of them: before dbt, and after it.
PLACES = (
    "loaders.changes.staging.bring_up_to_date",
    "loaders.changes.staging.note_built",
    "loaders.changes.candidates.model_sql",
    "loaders.changes.candidates.note_built",
    "loaders.identity.link.note_read",
    "loaders.changes.record.bring_up_to_date",
    "loaders.changes.record.note_built",
)
BROKEN = "a_promise_that_is_broken"


def build_and_die(
    day: date,
    *,
    at: str = "",
    model: str = "",
    after: float | None = None,
    steps: Sequence[str] = LAYERS,
) -> bool:
    """Build, and be killed at a place, when a model is there, or after so many seconds.

    Returns whether it was killed; it may have ended before. Raises: AssertionError when it
    ended badly for another reason.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with ExitStack() as stack:
                if at:
                    stack.enter_context(patch(at, _die))
                if model:
                    stack.enter_context(_die_when_built(model))
                build(day, steps)
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    timer = Timer(after, os.kill, (child, signal.SIGKILL)) if after is not None else None
    if timer:
        timer.start()
    # Not reaped before the timer is stopped: its number cannot become another's.
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    if timer:
        timer.cancel()
        timer.join()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), f"a build ended with {code}"
    return code != 0


@contextmanager
def a_promise_broken(model: str, folder: Path) -> Iterator[None]:
    """dbt finds a test of this model that fails; where it builds, it stops there."""
    copy = folder / "dbt_project"
    shutil.copytree(transform.DBT_PROJECT, copy)
    select = f"select * from {{{{ ref('{model}') }}}}"
    (copy / "tests" / f"{BROKEN}.sql").write_text(select, "utf-8")
    invoke = transform.invoke_dbt

    def with_that_test(
        settings: Any, command: Sequence[str], *rest: Any, **more: Any
    ) -> Any:
        if command[0] == "run":
            return invoke(settings, command, *rest, **more)
        ours = ("--exclude", "test_type:generic", "test_type:unit", "path:tests/record")
        return invoke(settings, [*command, *ours], *rest, **more)

    with (
        patch.object(transform, "DBT_PROJECT", copy),
        patch.object(transform, "invoke_dbt", with_that_test),
        # Other rules than those by which tests were kept before.
        patch.object(promises, "rules_version", lambda: BROKEN),
    ):
        try:
            yield
        finally:
            shutil.rmtree(copy)


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def _die_when_built(model: str) -> Iterator[None]:
    from dbt.cli import main

    def heard(event: Any) -> None:
        if event.info.name == "NodeFinished" and event.data.node_info.node_name == model:
            _die()

    run_model = prepared.run_model

    def run(engine: Engine, prepared_model: RunModel) -> None:
        run_model(engine, prepared_model)
        if prepared_model.name == model:
            _die()

    with (
        patch.object(main, "dbtRunner", partial(main.dbtRunner, callbacks=[heard])),
        patch.object(prepared, "run_model", run),
    ):
        yield
