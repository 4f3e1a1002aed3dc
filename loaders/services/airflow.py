"""A real Airflow beside the warehouse: an API server, a scheduler and a DAG processor.

Goes in: the warehouse's address and a folder of deliveries. Comes out: the address of an
Airflow that keeps its metadata in the warehouse's schema `airflow`, listens on loopback
only, lets its user in without a login, and stays up until it is stopped.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from loaders.failure import ExpectedFailure
from loaders.services import processes
from loaders.services.airflow_environment import (
    LOOPBACK,
    METADATA_SCHEMA,
    airflow_environment,
    task_log_folder,
)
from loaders.services.airflow_rest import AirflowRest, AirflowSilentError
from loaders.settings import Settings

Report = Callable[[str], None]

# No triggerer: nothing we schedule waits for an event outside. No log server: the API
# server reads the same folder.
PROGRAMS = {
    "api-server": ("airflow", "api-server"),
    "scheduler": ("loaders.services.warm_airflow", "scheduler", "--skip-serve-logs"),
    "dag-processor": ("airflow", "dag-processor"),
}
TASK_API = "task_api"
HEALTHY_PARTS = ("metadatabase", "scheduler", "dag_processor", TASK_API)
START_SECONDS = 300
WORD_SECONDS = 10


class AirflowStartError(ExpectedFailure):
    """Airflow did not come up; the message names the log to read."""


@dataclass(frozen=True)
class AirflowAddress:
    """Where a running Airflow answers and where it keeps the logs of its tasks."""

    url: str
    task_logs: Path


def start_airflow(
    settings: Settings, dsn: str, deliveries: Path, report: Report = print
) -> AirflowAddress:
    """Start Airflow, or find the one that runs with the same warehouse and deliveries.

    Raises: AirflowStartError.
    """
    settings.airflow_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    started_with = _digest(dsn, str(deliveries), _version())
    running = processes.recall(_record(settings))
    if running and running.is_alive() and running.started_with == started_with:
        report(f"Airflow runs at {running.url}")
        return AirflowAddress(running.url, task_log_folder(settings))
    stop_airflow(settings)

    port = _free_port()
    environment = airflow_environment(settings, dsn, deliveries, port)
    _prepare_metadata(settings, dsn, environment, report)
    report("starting Airflow, which takes about 20 seconds")
    leaders = tuple(
        processes.start(
            name,
            (sys.executable, "-m", *module_and_arguments),
            _log(settings, name),
            environment,
        )
        for name, module_and_arguments in PROGRAMS.items()
    )
    service = processes.Service(f"http://{LOOPBACK}:{port}", started_with, leaders)
    processes.remember(service, _record(settings))
    try:
        _wait_until_healthy(settings, service, report)
    except BaseException:
        # Also on Ctrl-C: half an Airflow is worse than none.
        stop_airflow(settings)
        raise
    report(f"Airflow is up at {service.url}")
    return AirflowAddress(service.url, task_log_folder(settings))


def is_running(settings: Settings) -> bool:
    """Whether every process of our Airflow is alive."""
    service = processes.recall(_record(settings))
    return service is not None and service.is_alive()


def stop_airflow(settings: Settings) -> bool:
    """End every process of our Airflow; false when there was none."""
    service = processes.recall(_record(settings))
    if service is None:
        return False
    had_members = bool(processes.members(service.leaders))
    processes.end(service.leaders)
    _record(settings).unlink()
    return had_members


def _record(settings: Settings) -> Path:
    return settings.airflow_folder / "processes.json"


def _log(settings: Settings, name: str) -> Path:
    return settings.log_folder / "airflow" / f"{name}.log"


def _prepare_metadata(
    settings: Settings, dsn: str, environment: dict[str, str], report: Report
) -> None:
    """Make Airflow's tables, once per warehouse and version of Airflow."""
    marker = settings.airflow_folder / "metadata.json"
    wanted = {"airflow": _version(), "warehouse": _digest(dsn)}
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"create schema if not exists {METADATA_SCHEMA}")
        version = connection.execute(
            "select to_regclass(%s)", (f"{METADATA_SCHEMA}.alembic_version",)
        ).fetchone()
    is_made = version is not None and version[0] is not None
    if is_made and marker.exists() and json.loads(marker.read_text("utf-8")) == wanted:
        return
    report("preparing Airflow's tables")
    log = _log(settings, "migrate")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 - our own command, fixed arguments
            (sys.executable, "-m", "airflow", "db", "migrate"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
    if done.returncode:
        raise AirflowStartError(f"Airflow's tables could not be made; see {log}")
    marker.write_text(json.dumps(wanted), "utf-8")


def _wait_until_healthy(
    settings: Settings, service: processes.Service, report: Report
) -> None:
    rest = AirflowRest(service.url)
    began = time.monotonic()
    next_word = began + WORD_SECONDS
    missing = set(HEALTHY_PARTS)
    while missing:
        for leader in service.leaders:
            if not processes.is_alive(leader):
                log = _log(settings, leader.name)
                raise AirflowStartError(f"Airflow's {leader.name} ended; see {log}")
        if time.monotonic() - began > START_SECONDS:
            raise AirflowStartError(
                f"Airflow is not up after {START_SECONDS} s: no sign of"
                f" {', '.join(sorted(missing))}; see {settings.log_folder / 'airflow'}"
            )
        time.sleep(0.3)
        missing -= _answering(rest, missing)
        if missing and time.monotonic() > next_word:
            next_word += WORD_SECONDS
            report(f"still waiting for {', '.join(sorted(missing))}")


def _answering(rest: AirflowRest, missing: set[str]) -> set[str]:
    try:
        health = rest.get("/api/v2/monitor/health")
        if TASK_API in missing:
            # Its first answer takes seconds; the first task should not wait for it.
            health[TASK_API] = rest.get("/execution/health")
    except AirflowSilentError:
        return set()
    return {part for part in missing if health[part]["status"] == "healthy"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _version() -> str:
    return importlib.metadata.version("apache-airflow")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
