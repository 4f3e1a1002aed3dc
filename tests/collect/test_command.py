"""`onecard collect`, as somebody types it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.collect.collect import collect
from loaders.collect.failure import CollectError
from loaders.settings import PROJECT
from tests.collect.conftest import SECRET, visit_contract
from tests.collect.sftp_server import SftpServer

ONECARD = "from loaders.cli import main; main()"


def onecard(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ONECARD, "collect", *arguments],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_source_it_says_so(tmp_path: Path) -> None:
    done = onecard("--deliveries", str(tmp_path / "new"))
    assert done.returncode == 0
    assert done.stdout.strip() == "no source is configured: the folder is filled by others"
    assert not (tmp_path / "new").exists()


def test_one_system_and_one_day(sftp: SftpServer, tmp_path: Path) -> None:
    for day in ("20250101", "20250102"):
        for folder in ("B_ZYY_HIS", "H_ADMIN"):
            (sftp.root / day / folder).mkdir(parents=True)
            (sftp.root / day / folder / "a.txt").write_bytes(b"1")
    done = onecard(
        *("--deliveries", str(tmp_path / "new"), "--system", "B", "--day", "20250102"),
        ONECARD_SOURCE_B=sftp.url,
        ONECARD_SOURCE_H=sftp.url,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1 sources: 1 new files, 0 unchanged"
    assert f"collecting from sftp://127.0.0.1:{sftp.port}/" in done.stdout
    came = [path.as_posix() for path in (tmp_path / "new").glob("[0-9]*/**/a.txt")]
    assert came == [f"{tmp_path}/new/20250102/B_ZYY_HIS/a.txt"]


def test_what_fails_is_one_line_and_no_secret(tmp_path: Path) -> None:
    done = onecard(
        *("--deliveries", str(tmp_path / "new")),
        ONECARD_SOURCE_B=f"nonsense://x:{SECRET}@h",
    )
    assert done.returncode == 1
    assert "B_ZYY_HIS: ONECARD_SOURCE_B begins with nonsense://" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout


def test_a_driver_that_is_not_installed_is_named(
    register: Callable[..., None], tmp_path: Path
) -> None:
    register(visit_contract())
    with pytest.raises(CollectError, match="needs the Python package oracledb"):
        collect(tmp_path / "new", sources={"Q": "oracle://h/his"}, report=lambda _: None)


def test_a_system_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="ONECARD_SOURCE_X: there is no such system"):
        collect(tmp_path, sources={"X": "sftp://h"})
    with pytest.raises(CollectError, match="There is no system X"):
        collect(tmp_path, systems=["X"])
