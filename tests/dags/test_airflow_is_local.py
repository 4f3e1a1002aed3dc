"""The running Airflow: heard on loopback only, its secrets its own, gone when stopped."""

from __future__ import annotations

import os
import signal
import stat
from typing import Any
from urllib.request import ProxyHandler, build_opener

import psutil
from sqlalchemy import text

from loaders.services import processes
from loaders.services.airflow import is_running, stop_airflow

LOOPBACK = {"127.0.0.1", "::1"}


def _connections(installation: Any) -> list[Any]:
    found = []
    for process in processes.members(installation.leaders):
        try:
            found += process.net_connections(kind="inet")
        except psutil.NoSuchProcess:
            continue  # a reader of DAG files lives for a second
    return found


def test_it_outlives_the_command_that_started_it(installation: Any) -> None:
    assert is_running(installation.settings)


def test_it_listens_on_loopback_only(installation: Any) -> None:
    listening = [c for c in _connections(installation) if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_one_port_is_all_it_listens_on(installation: Any) -> None:
    listening = [c for c in _connections(installation) if c.status == psutil.CONN_LISTEN]
    assert len({connection.laddr.port for connection in listening}) == 1


def test_it_talks_to_nobody_outside(installation: Any) -> None:
    others = {c.raddr.ip for c in _connections(installation) if c.raddr}
    assert others <= LOOPBACK


def test_its_user_is_let_in_without_a_click(installation: Any) -> None:
    reach = build_opener(ProxyHandler({})).open
    url = installation.address.url
    assert b"<title>Airflow" in reach(url).read()
    assert b"build_release" in reach(f"{url}/ui/dags?limit=50").read()


def test_its_secrets_are_readable_by_their_owner_alone(installation: Any) -> None:
    folder = installation.settings.airflow_folder
    for name in ("secrets.json", "processes.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_its_metadata_stay_in_its_own_schema(installation: Any) -> None:
    with installation.engine.connect() as connection:
        found = connection.execute(
            text("select schemaname, tablename from pg_tables where tablename = 'dag_run'")
        ).all()
    assert [tuple(row) for row in found] == [("airflow", "dag_run")]


def test_a_second_start_finds_the_running_one(installation: Any) -> None:
    before = installation.leaders
    assert installation.start_again() == installation.address
    assert installation.leaders == before


def test_a_broken_airflow_is_cleared_away_whole(installation: Any) -> None:
    leaders = installation.leaders
    scheduler = next(leader for leader in leaders if leader.name == "scheduler")
    os.kill(scheduler.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(scheduler.pid)], timeout=10)
    assert not is_running(installation.settings)

    everyone = processes.members(leaders)
    assert len(everyone) > len(leaders)
    assert stop_airflow(installation.settings)
    assert [process for process in everyone if process.is_running()] == []
    assert not stop_airflow(installation.settings)
