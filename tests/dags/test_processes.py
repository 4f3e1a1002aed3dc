"""Processes that we start: remembered, never confused with a stranger's, ended whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from loaders.services import processes
from loaders.services.pages import start_pages, stop_pages
from loaders.services.processes import Leader, Service
from loaders.settings import Settings

PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[Leader]:
    """A process that has started another."""
    command = (sys.executable, "-c", PARENT)
    leader = processes.start("parent", command, tmp_path / "log", os.environ)
    while len(processes.members([leader])) < 2:
        assert processes.is_alive(leader)
    yield leader
    processes.end([leader])


def test_ending_a_leader_ends_what_it_started(leader: Leader) -> None:
    family = processes.members([leader])
    processes.end([leader])
    assert [process for process in family if process.is_running()] == []


def test_what_a_killed_leader_leaves_is_still_found(leader: Leader) -> None:
    psutil.Process(leader.pid).kill()
    psutil.wait_procs([psutil.Process(leader.pid)], timeout=10)
    assert not processes.is_alive(leader)
    assert len(processes.members([leader])) == 1


def test_a_number_that_belongs_to_somebody_else_now_is_left_alone(leader: Leader) -> None:
    earlier = Leader("ours", leader.pid, leader.started - 3600)
    assert not processes.is_alive(earlier)
    processes.end([earlier])
    assert processes.is_alive(leader)


def test_what_runs_is_remembered_for_its_owner_alone(tmp_path: Path) -> None:
    service = Service("http://127.0.0.1:1", "x", (Leader("a", 1, 2.5),))
    processes.remember(service, tmp_path / "record.json")
    assert processes.recall(tmp_path / "record.json") == service
    assert (tmp_path / "record.json").stat().st_mode & 0o077 == 0


def test_pages_are_served_on_loopback_until_they_are_stopped(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, external_dsn=None)
    (settings.report_folder / "quality").mkdir(parents=True)
    (settings.report_folder / "quality" / "index.html").write_text("质量报告", "utf-8")
    url = start_pages(settings)
    try:
        assert start_pages(settings) == url
        service = processes.recall(settings.home / "pages.json")
        assert service is not None
        (server,) = processes.members(service.leaders)
        assert {c.laddr.ip for c in server.net_connections(kind="inet")} == {"127.0.0.1"}
        assert "质量报告" in read(f"{url}/quality/index.html")
    finally:
        assert stop_pages(settings)
    assert not stop_pages(settings)


def read(url: str) -> str:
    from urllib.request import ProxyHandler, build_opener

    answer = build_opener(ProxyHandler({})).open(url, timeout=10)
    return str(answer.read().decode("utf-8"))
