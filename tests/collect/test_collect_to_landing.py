"""Whatever way deliveries come, the warehouse is the same as from the folder itself."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loaders.landing.land import land
from loaders.landing.ledger import balanced
from tests.collect.conftest import Bucket, Collecting
from tests.collect.sftp_server import SftpServer
from tests.landing.busy_county import send_all
from tests.landing.looking import Landing
from tests.landing.sending import FOLDERS, Sender

# Collects and kills itself at the n-th moment: before and after each file is put in place.
COLLECT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from loaders.collect import mirror
from loaders.collect.collect import collect

left = int(sys.argv[3])

def maybe_die():
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

def put_or_die(*arguments, real=mirror.put_in_place):
    maybe_die()
    real(*arguments)
    maybe_die()

mirror.put_in_place = put_or_die
collect(Path(sys.argv[2]), sources=dict.fromkeys("ABCDEFH", sys.argv[1]))
"""


@pytest.fixture
def directly(engine: Engine, sender: Sender) -> Landing:
    """A warehouse that reads the senders' own folder."""
    send_all(sender)
    landing = Landing(engine, sender.root)
    landing.land()
    return landing


@pytest.fixture(params=["sftp", "s3"])
def url(request: pytest.FixtureRequest, directly: Landing) -> str:
    """A server that has the same deliveries."""
    if request.param == "sftp":
        server: SftpServer = request.getfixturevalue("sftp")
        return server.url
    bucket: Bucket = request.getfixturevalue("bucket")
    bucket.put_folder(directly.deliveries)
    return bucket.url


def test_collected_and_landed_it_is_the_same(
    url: str, directly: Landing, collecting: Collecting, landing: Landing
) -> None:
    collecting.sources = dict.fromkeys(FOLDERS, url)
    collecting.collect()
    landing.land()
    assert landing.everything() == directly.everything()
    assert landing.every_count() == directly.every_count()
    assert len(landing.ledger()) > 30


def test_killed_between_files_it_goes_on_and_is_the_same(
    url: str, directly: Landing, collecting: Collecting, landing: Landing
) -> None:
    for moment in (1, 2, 2, 5, 16, 31):
        collect_and_die(url, collecting, moment)
        assert_no_folder_looks_complete_that_is_not(directly.deliveries, collecting)
    collecting.sources = dict.fromkeys(FOLDERS, url)
    collecting.collect()
    landing.land()
    assert collecting.files() == files_of(directly.deliveries)
    assert landing.everything() == directly.everything()
    assert landing.every_count() == directly.every_count()


def test_what_was_landed_half_collected_is_refused_and_then_the_same(
    url: str, directly: Landing, collecting: Collecting, landing: Landing
) -> None:
    for moment in (2, 2, 5, 16):
        collect_and_die(url, collecting, moment)
        land(landing.engine, collecting.deliveries, None, None, 1, lambda _: None)
        assert balanced(landing.engine) == []
    collecting.sources = dict.fromkeys(FOLDERS, url)
    collecting.collect()
    landing.land()
    # A refusal stays in the ledger, with the good copy that took its place.
    ours, theirs = landing.everything(), directly.everything()
    more = set(ours.pop("files")) - set(theirs["files"])
    assert {(row[5], row[8]) for row in more} == {("refused", False)}
    assert ours == {name: rows for name, rows in theirs.items() if name != "files"}
    assert set(directly.every_count()) <= set(landing.every_count())


def collect_and_die(url: str, collecting: Collecting, moment: int) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            COLLECT_AND_DIE,
            url,
            str(collecting.deliveries),
            str(moment),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def assert_no_folder_looks_complete_that_is_not(left: Path, collecting: Collecting) -> None:
    came = collecting.files()
    for name, data in files_of(left).items():
        # Whole or not there.
        assert came.get(name, data) == data
    for name in came:
        if name.endswith(".ok"):
            folder = name.rpartition("/")[0] + "/"
            wanted = {n for n in files_of(left) if n.startswith(folder) and n[-3:] != ".ok"}
            assert wanted <= set(came)


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
