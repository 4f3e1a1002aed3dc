"""The real Airflow collects from where its connection says, and lands what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.collect.sftp_server import SftpServer

SYSTEM, FOLDER = "f_insurance", "F_INSURANCE"
CONNECTION = f"onecard_{SYSTEM}"
SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "left").mkdir()
    server = SftpServer(tmp_path / "left", tmp_path)
    yield server
    server.stop()


@pytest.fixture
def connection(installation: Any, server: SftpServer) -> Iterator[dict[str, Any]]:
    """Airflow's connection to the server, as somebody types it in."""
    options = f'{{"key_file": "{server.key_file}", "known_hosts": "{server.known_hosts}"}}'
    body = {
        "connection_id": CONNECTION,
        "conn_type": "sftp",
        "host": "127.0.0.1",
        "port": server.port,
        "login": "hospital",
        "password": SECRET,
        "extra": options,
    }
    rest = installation.rest
    # Asked once about DAGs, it has a token for everything else.
    rest.get("/api/v2/dags?limit=1")
    rest.post("/api/v2/connections", body)
    yield body
    with suppress(json.JSONDecodeError):
        # The answer to it is empty.
        rest._call("DELETE", f"/api/v2/connections/{CONNECTION}", None)


def test_without_a_source_the_step_says_so(installation: Any) -> None:
    run = installation.trigger("land_referral")
    assert run["state"] == "success"
    path = f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances"
    said = installation.rest.get(f"{path}/collect/xcomEntries/return_value")["value"]
    assert said == "no source is configured: the folder is filled by others"


def test_a_connection_is_collected_from(
    installation: Any, server: SftpServer, connection: dict[str, Any]
) -> None:
    left = server.root / "20250107" / FOLDER
    left.mkdir(parents=True)
    (left / "YB_SETL_D_20250107.zip").write_bytes(b"not really")

    run = installation.trigger("land_insurance")

    assert run["state"] == "success", installation.log(run, "collect")
    came = installation.deliveries / "20250107" / FOLDER / "YB_SETL_D_20250107.zip"
    assert came.read_bytes() == b"not really"
    log = installation.log(run, "collect")
    assert f"collecting from sftp://127.0.0.1:{server.port}/" in log
    logs = [file for file in installation.settings.log_folder.rglob("*") if file.is_file()]
    assert not [file for file in logs if SECRET in file.read_text("utf-8", "replace")]


def test_a_source_that_refuses_stops_before_landing(
    installation: Any, server: SftpServer, connection: dict[str, Any]
) -> None:
    server.known_hosts.write_text("", "ascii")
    run = installation.trigger("land_insurance")
    assert run["state"] == "failed"
    assert installation.task_states(run)["collect"] == "failed"
    assert installation.task_states(run)["landing"] == "upstream_failed"
    assert installation.noted_runs()[-1] == ("land", "failed")
    assert "host key" in installation.log(run, "collect")
