"""The DAG files: thin, importable, quick to read, in the pipeline's order."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from loaders.contracts.model import load_systems
from loaders.pipeline import LANDING_STEP, STEPS, build_steps
from loaders.settings import PROJECT

DAGS = PROJECT / "dags"
FILES = sorted(DAGS.glob("*.py"))
LINES_ALLOWED = 80
SECONDS_ALLOWED = 5.0
MAY_IMPORT = {
    "__future__", "airflow", "collecting", "datetime", "loaders", "os", "pathlib", "steps",
}  # fmt: skip
SQL = re.compile(r"\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|create\s+table)\b")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the real Airflow reads from the folder of DAGs, without any database."""
    home = tmp_path_factory.mktemp("airflow")
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("dag_bag.py")), str(DAGS)],
        env=os.environ
        | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": nowhere,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": nowhere,
            "ONECARD_HOME": str(home),
            "ONECARD_DSN": nowhere.replace("+psycopg", ""),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_is_short(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= LINES_ALLOWED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_imports_airflow_and_our_own_code_only(file: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= MAY_IMPORT


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_dag_file_holds_no_sql(file: Path) -> None:
    words = [
        node.value
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in words if SQL.search(text.lower())]


def test_the_dags_are_read_without_an_error(found: dict[str, Any]) -> None:
    assert found["errors"] == {}


def test_the_dags_are_read_quickly(found: dict[str, Any]) -> None:
    assert found["seconds"] < SECONDS_ALLOWED


def test_every_system_has_its_landing_dag(found: dict[str, Any]) -> None:
    systems = {system.dag_id for system in load_systems()}
    assert set(found["dags"]) == systems | {"build_release"}


def test_the_build_goes_through_the_pipelines_steps_in_order(found: dict[str, Any]) -> None:
    names = [step.name for step in build_steps()]
    tasks = found["dags"]["build_release"]["tasks"]
    assert [task["name"] for task in tasks] == ["open_run", *names, "close_run"]


def test_every_landing_collects_first(found: dict[str, Any]) -> None:
    for system in load_systems():
        tasks = found["dags"][system.dag_id]["tasks"]
        names = ["open_run", "collect", LANDING_STEP, "close_run"]
        assert [task["name"] for task in tasks] == names
        waits = [(task["after"], task["rule"]) for task in tasks[1:3]]
        assert waits == [([before], "all_success") for before in names[:2]]


def test_every_step_waits_for_the_success_of_the_one_before(found: dict[str, Any]) -> None:
    tasks = found["dags"]["build_release"]["tasks"][:-1]
    names = [task["name"] for task in tasks]
    waits = [(task["after"], task["rule"]) for task in tasks[1:]]
    assert waits == [([before], "all_success") for before in names[:-1]]


def test_the_build_awaits_every_landing(found: dict[str, Any]) -> None:
    updated = [
        asset
        for system in load_systems()
        for task in found["dags"][system.dag_id]["tasks"]
        for asset in task["updates"]
        if task["name"] == LANDING_STEP
    ]
    assert found["dags"]["build_release"]["awaits"] == sorted(updated)
    assert len(set(updated)) == len(load_systems())


def test_no_step_is_repeated_unasked(found: dict[str, Any]) -> None:
    retries = [task["retries"] for dag in found["dags"].values() for task in dag["tasks"]]
    assert set(retries) == {0}


def test_no_dag_overtakes_itself(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        assert (dag["max_active_runs"], dag["catchup"]) == (1, False)


def test_a_landing_woken_up_late_does_not_run_for_this_morning(
    found: dict[str, Any],
) -> None:
    first_runs = {dag["first_run"] for dag in found["dags"].values() if not dag["awaits"]}
    assert first_runs == {"2025-01-07T06:00:00+08:00"}


def test_every_dag_explains_itself_in_both_languages(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        assert re.search("[\u4e00-\u9fff]{8}", dag["doc"])
        assert re.search("[A-Za-z]{4} [a-z]", dag["doc"])


def test_landing_is_the_first_step() -> None:
    assert STEPS[0].name == LANDING_STEP
