"""Process deliveries through Airflow: every system's landing, then one build.

Goes in: the address of a running Airflow and a folder of deliveries. Comes out: the same
state of the warehouse as `onecard run` makes, with a line for every task that changed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from loaders.contracts.model import load_systems
from loaders.failure import ExpectedFailure
from loaders.pipeline import STEPS
from loaders.services.airflow import AirflowAddress
from loaders.services.airflow_rest import AirflowRest

Report = Callable[[str], None]

BUILD_DAG = "build_release"
PARSE_SECONDS = 120
POLL_SECONDS = 0.5
OVER = {"success", "failed"}
STEP_NAMES = {step.name for step in STEPS}
EXPECTED = {"running", "success"}
# The states of a task that say something to a reader; the others only wait.
WORTH_A_LINE = {"running", "success", "failed", "skipped"}


class AirflowRunFailedError(ExpectedFailure):
    """A DAG run failed; the message names the DAG, the task and the log to read."""


def run_deliveries_in_airflow(
    address: AirflowAddress, deliveries: Path, through: date | None, report: Report = print
) -> None:
    """Land the deliveries of all systems side by side, then build one release from them.

    Raises: AirflowRunFailedError.
    """
    rest = AirflowRest(address.url)
    landing = [system.dag_id for system in load_systems()]
    _wait_until_parsed(rest, [*landing, BUILD_DAG])
    conf = {
        "deliveries": str(deliveries.resolve()),
        "through": f"{through:%Y%m%d}" if through else None,
    }
    with _paused(rest, landing, False):
        # A paused DAG takes no notice of assets: eight landings at once would otherwise
        # start several builds, where one after the last of them is wanted.
        with _paused(rest, [BUILD_DAG], True):
            _run_all(address, rest, landing, conf, report)
        with _paused(rest, [BUILD_DAG], False):
            _run_all(address, rest, [BUILD_DAG], conf, report)


@contextmanager
def _paused(rest: AirflowRest, dag_ids: list[str], wanted: bool) -> Iterator[None]:
    """Pause or wake DAGs for a while; afterwards each is as its owner had left it."""
    was_paused = {dag_id: rest.get(_dag(dag_id))["is_paused"] for dag_id in dag_ids}
    for dag_id in dag_ids:
        rest.patch(_dag(dag_id), {"is_paused": wanted})
    try:
        yield
    finally:
        for dag_id, state in was_paused.items():
            rest.patch(_dag(dag_id), {"is_paused": state})


def _dag(dag_id: str) -> str:
    return f"/api/v2/dags/{dag_id}"


def _wait_until_parsed(rest: AirflowRest, wanted: Iterable[str]) -> None:
    """Wait until Airflow has read the DAG files.

    Raises: AirflowRunFailedError, at once when a file cannot be imported.
    """
    give_up = time.monotonic() + PARSE_SECONDS
    while missing := set(wanted) - _known_dags(rest):
        broken = rest.get("/api/v2/importErrors")["import_errors"]
        if broken or time.monotonic() > give_up:
            files = ", ".join(sorted({error["filename"] for error in broken}))
            raise AirflowRunFailedError(
                f"Airflow does not know the DAGs {', '.join(sorted(missing))}"
                + (f": it cannot import {files}." if files else ".")
            )
        time.sleep(POLL_SECONDS)


def _known_dags(rest: AirflowRest) -> set[str]:
    return {dag["dag_id"] for dag in rest.get("/api/v2/dags?limit=100")["dags"]}


def _run_all(
    address: AirflowAddress,
    rest: AirflowRest,
    dag_ids: list[str],
    conf: dict[str, Any],
    report: Report,
) -> None:
    """Start a run of each DAG and stay until the last has ended."""
    body = {"logical_date": None, "conf": conf}
    waiting = {
        dag_id: rest.post(f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"]
        for dag_id in dag_ids
    }
    seen: dict[str, str] = {}
    failed: list[str] = []
    while waiting:
        time.sleep(POLL_SECONDS)
        for dag_id, run_id in list(waiting.items()):
            run = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}"
            # Asked before its tasks: when it is over, so are they.
            state = rest.get(run)["state"]
            tasks = rest.get(f"{run}/taskInstances?limit=100")["task_instances"]
            _tell_changes(rest, run, tasks, seen, report)
            if state in OVER:
                del waiting[dag_id]
            if state == "failed":
                failed += _where_to_look(address, dag_id, run_id, tasks)
    if failed:
        raise AirflowRunFailedError("\n".join(failed))


def _tell_changes(
    rest: AirflowRest,
    run: str,
    tasks: list[dict[str, Any]],
    seen: dict[str, str],
    report: Report,
) -> None:
    for task in sorted(tasks, key=lambda task: task["start_date"] or "~"):
        name, state = task["task_id"], task["state"]
        key = f"{task['dag_id']}.{name}"
        if seen.get(key) == state:
            continue
        seen[key] = state
        # The notes that open and close a run are news only when they do not succeed.
        if state in WORTH_A_LINE and (name in STEP_NAMES or state not in EXPECTED):
            said = f": {_said(rest, run, name)}" if state == "success" else ""
            took = f" ({task['duration']:.1f} s)" if task["duration"] else ""
            report(f"{key} {state}{said}{took}")


def _said(rest: AirflowRest, run: str, task: str) -> str:
    """The sentence that a step handed on: counts, never values."""
    entry = rest.get(f"{run}/taskInstances/{task}/xcomEntries/return_value")
    return str(entry["value"])


def _where_to_look(
    address: AirflowAddress, dag_id: str, run_id: str, tasks: list[dict[str, Any]]
) -> list[str]:
    lines = []
    for task in tasks:
        if task["state"] != "failed":
            continue
        log = (
            address.task_logs
            / f"dag_id={dag_id}/run_id={run_id}/task_id={task['task_id']}"
            / f"attempt={task['try_number']}.log"
        )
        reason = _reason(log)
        lines.append(f"{dag_id}.{task['task_id']} failed{reason}; its log: {log}")
    return lines or [f"{dag_id} failed without a failed task; see {address.url}"]


def _reason(log: Path) -> str:
    """What the task said, if it stopped with words meant for a reader."""
    if not log.exists():
        return ""
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            details = json.loads(line).get("error_detail") or []
        except json.JSONDecodeError:
            continue
        for error in details:
            # Any other exception may hold what no terminal should show.
            if error["exc_type"] == "AirflowFailException":
                return f": {error['exc_value']}"
    return ""
