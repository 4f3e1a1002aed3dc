"""One real Airflow for a session, on its own database, with a stand-in for the work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, text

from loaders.services.airflow import AirflowAddress, start_airflow, stop_airflow
from loaders.services.airflow_rest import AirflowRest
from loaders.services.processes import Leader
from loaders.services.run_dags import run_deliveries_in_airflow
from loaders.settings import Settings

PATIENCE_SECONDS = 180
_Found = TypeVar("_Found")

# A process that starts Airflow and goes away, as the command line does.
STARTER = """
import sys
from pathlib import Path
from loaders.services.airflow import start_airflow
from loaders.settings import load_settings
settings = load_settings()
start_airflow(settings, settings.external_dsn, Path(sys.argv[1]), print)
"""


@dataclass(frozen=True)
class Installation:
    """An Airflow, where its things are, and how a test gets at them."""

    settings: Settings
    dsn: str
    deliveries: Path
    trouble: Path
    engine: Engine
    address: AirflowAddress

    @property
    def rest(self) -> AirflowRest:
        return AirflowRest(self.address.url)

    @property
    def leaders(self) -> tuple[Leader, ...]:
        record = self.settings.airflow_folder / "processes.json"
        noted = json.loads(record.read_text("utf-8"))["leaders"]
        return tuple(Leader(**leader) for leader in noted)

    def start_again(self) -> AirflowAddress:
        return start_airflow(self.settings, self.dsn, self.deliveries, lambda _: None)

    def run(self, through: date | None = None) -> list[str]:
        """Run the deliveries; the lines that a user sees."""
        lines: list[str] = []
        run_deliveries_in_airflow(self.address, self.deliveries, through, lines.append)
        return lines

    def trigger(self, dag_id: str) -> dict[str, Any]:
        """Run one DAG to its end."""
        self.set_paused(dag_id, False)
        path = f"/api/v2/dags/{dag_id}/dagRuns"
        run_id = self.rest.post(path, {"logical_date": None})["dag_run_id"]
        run = self.wait_for(
            lambda: self._over(self.rest.get(f"{path}/{run_id}")), f"the end of {dag_id}"
        )
        self.set_paused(dag_id, True)
        return run

    def newest_build(self) -> dict[str, Any]:
        return dict(self.builds()[0])

    def builds(self) -> list[dict[str, Any]]:
        """The runs of the build DAG, the newest first."""
        query = "/api/v2/dags/build_release/dagRuns?order_by=-run_after"
        return list(self.rest.get(query)["dag_runs"])

    def set_paused(self, dag_id: str, is_paused: bool) -> None:
        self.rest.patch(f"/api/v2/dags/{dag_id}", {"is_paused": is_paused})

    def is_paused(self, dag_id: str) -> bool:
        return bool(self.rest.get(f"/api/v2/dags/{dag_id}")["is_paused"])

    def task_states(self, run: dict[str, Any]) -> dict[str, str]:
        path = f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances"
        tasks = self.rest.get(path)["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    def log(self, run: dict[str, Any], task: str) -> str:
        folder = f"dag_id={run['dag_id']}/run_id={run['dag_run_id']}/task_id={task}"
        return (self.address.task_logs / folder / "attempt=1.log").read_text("utf-8")

    def noted_runs(self) -> list[tuple[str, str]]:
        """Kind and state of every run in the register, in order."""
        with self.engine.connect() as connection:
            if connection.scalar(text("select to_regclass('audit.run')")) is None:
                return []
            rows = connection.execute(
                text("select kind, state from audit.run order by run_id")
            )
            return [(row.kind, row.state) for row in rows]

    @staticmethod
    def wait_for(look: Callable[[], _Found | None], what: str) -> _Found:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            assert time.monotonic() < give_up, f"waited too long for {what}"
            time.sleep(0.3)
        return found

    @staticmethod
    def _over(run: dict[str, Any]) -> dict[str, Any] | None:
        return run if run["state"] in ("success", "failed") else None


@pytest.fixture(scope="session")
def installation(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    engine = make_database()
    with engine.begin() as connection:
        connection.execute(
            text("create table audit.file_ledger (recorded_at timestamptz default now())")
        )
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = Settings(home=tmp_path_factory.mktemp("airflow_home"), external_dsn=dsn)
    deliveries = tmp_path_factory.mktemp("deliveries")
    trouble = tmp_path_factory.mktemp("trouble")
    done = subprocess.run(
        [sys.executable, "-c", STARTER, str(deliveries)],
        env=os.environ
        | {
            "ONECARD_HOME": str(settings.home),
            "ONECARD_DSN": dsn,
            "ONECARD_TROUBLE": str(trouble),
            "PYTHONPATH": str(Path(__file__).with_name("stand_in")),
            # Settings of another Airflow, which must not reach ours.
            "AIRFLOW__API__HOST": "0.0.0.0",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "True",
            # Nobody is there: whoever asks a proxy gets no answer.
            "HTTP_PROXY": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads((settings.airflow_folder / "processes.json").read_text("utf-8"))
    address = AirflowAddress(record["url"], settings.log_folder / "airflow" / "tasks")
    yield Installation(settings, dsn, deliveries, trouble, engine, address)
    stop_airflow(settings)


@pytest.fixture
def trouble(installation: Installation) -> Iterator[Path]:
    """A folder for this test's trouble: files named after a step and what it does."""
    yield installation.trouble
    for file in installation.trouble.iterdir():
        file.unlink()


@pytest.fixture
def new_deliveries(trouble: Path) -> None:
    """Every landing finds something new."""
    (trouble / "new deliveries").touch()
