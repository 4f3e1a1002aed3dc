"""A small server for the pages we write: the quality report and dbt's documentation.

Goes in: the report folder. Comes out: its address on loopback, which stays up until it is
stopped. Nothing but files of that folder is served.
"""

from __future__ import annotations

import os
import socket
import sys
import time

from loaders.failure import ExpectedFailure
from loaders.services import processes
from loaders.settings import Settings

LOOPBACK = "127.0.0.1"
START_SECONDS = 15


class PagesStartError(ExpectedFailure):
    """The page server did not come up; the message names the log to read."""


def start_pages(settings: Settings) -> str:
    """Serve the report folder, or find the server that does. Returns its address.

    Raises: PagesStartError.
    """
    record = settings.home / "pages.json"
    running = processes.recall(record)
    if running and running.is_alive():
        return running.url
    settings.report_folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = int(probe.getsockname()[1])
    log = settings.log_folder / "pages.log"
    command = (
        sys.executable, "-m", "http.server", str(port),
        "--bind", LOOPBACK,
        "--directory", str(settings.report_folder),
    )  # fmt: skip
    leader = processes.start("pages", command, log, os.environ)
    service = processes.Service(f"http://{LOOPBACK}:{port}", "", (leader,))
    processes.remember(service, record)
    give_up = time.monotonic() + START_SECONDS
    while not _answers(port):
        if not processes.is_alive(leader) or time.monotonic() > give_up:
            stop_pages(settings)
            raise PagesStartError(f"The page server does not start; see {log}")
        time.sleep(0.05)
    return service.url


def stop_pages(settings: Settings) -> bool:
    """End the page server; false when there was none."""
    record = settings.home / "pages.json"
    service = processes.recall(record)
    if service is None:
        return False
    was_alive = service.is_alive()
    processes.end(service.leaders)
    record.unlink()
    return was_alive


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
