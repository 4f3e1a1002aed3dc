"""A real MariaDB for a session: the machine's, or Debian's packages unpacked without root.

Nothing is installed. Package lists, packages and what is in them go into a folder of ours;
the server gets no settings but these, a data folder of its own and a port on loopback.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

PACKAGE = "mariadb-server-core"
USER = "onecard"
STARTUP_SECONDS = 60


class NoMariadbError(Exception):
    """There is no MariaDB on this machine and none can be fetched."""


@dataclass
class Mariadb:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    password: str

    @property
    def address(self) -> str:
        return f"mysql+pymysql://{USER}:{self.password}@127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


def mariadb_or_reason(cache: Path, data: Path) -> Mariadb:
    """A running server; on Debian the test fails without one, elsewhere it is skipped."""
    try:
        return start(find_mariadbd() or fetch_mariadbd(cache), data)
    except NoMariadbError as error:
        reason = f"no MariaDB to test with: {error}"
        if _distribution() == "debian":
            pytest.fail(reason)
        pytest.skip(reason)


def find_mariadbd() -> Path | None:
    """The server that the machine has."""
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which("mariadbd", path=search)
    return Path(found) if found else None


def fetch_mariadbd(cache: Path) -> Path:
    """The server from the distribution's packages, unpacked into `cache` once."""
    root = cache / "root"
    binary = root / "usr" / "sbin" / "mariadbd"
    if binary.exists():
        return binary
    for tool in ("apt-get", "dpkg"):
        if not shutil.which(tool):
            raise NoMariadbError(f"there is neither mariadbd nor {tool} on this machine")
    with tempfile.TemporaryDirectory(dir=cache) as made:
        folder = Path(made)
        for name in ("state/lists/partial", "cache/archives/partial", "root"):
            (folder / name).mkdir(parents=True)
        apt = [
            "apt-get", "--yes", "--quiet",
            "-o", f"Dir::State={folder / 'state'}",
            "-o", "Dir::State::status=/var/lib/dpkg/status",
            "-o", f"Dir::Cache={folder / 'cache'}",
            # Only the system's own folders need its locks and its sandbox account.
            "-o", "Debug::NoLocking=1",
            "-o", "APT::Sandbox::User=",
        ]  # fmt: skip
        # One list of many may be out of reach; what matters is whether the package is.
        lists = subprocess.run(
            [*apt, "update"], capture_output=True, text=True, check=False
        )
        try:
            _call([*apt, "install", "--download-only", "--no-install-recommends", PACKAGE])
        except NoMariadbError as error:
            raise NoMariadbError(f"{error}\n{lists.stderr[-2000:]}") from error
        packages = sorted((folder / "cache" / "archives").glob("*.deb"))
        for package in packages:
            _call(["dpkg", "--extract", str(package), str(folder / "root")])
        if not (folder / "root" / binary.relative_to(root)).exists():
            raise NoMariadbError(f"the package {PACKAGE} holds no server")
        # A rename: another session either finds all of it or nothing.
        if not root.exists():
            (folder / "root").rename(root)
    return binary


def start(binary: Path, data: Path) -> Mariadb:
    """Make a data folder, start a server on it and wait until it answers."""
    usr = binary.parent.parent
    share = next(
        (p for n in ("mysql", "mariadb") if (p := usr / "share" / n).is_dir()), None
    )
    if share is None:
        raise NoMariadbError(f"{usr}/share holds no system tables")
    environment = os.environ | {
        "LD_LIBRARY_PATH": os.pathsep.join(map(str, usr.glob("lib/*-linux-gnu*"))),
    }
    folder, files = data / "data", data / "tmp"
    folder.mkdir()
    files.mkdir()
    command = [
        str(binary), "--no-defaults",
        f"--basedir={usr}", f"--datadir={folder}", f"--tmpdir={files}",
        f"--lc-messages-dir={share}", f"--plugin-dir={usr}/lib/mysql/plugin",
        "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M", "--skip-name-resolve",
        # A server refuses root unless it is told that this is meant.
        *(["--user=root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    password = secrets.token_hex(12)
    tables = [
        next(iter(sorted(share.glob(f"*_{name}.sql"))), None)
        for name in ("system_tables", "performance_tables", "system_tables_data")
    ]
    if None in tables:
        raise NoMariadbError(f"{share} holds no system tables")
    script = "create database mysql;\nuse mysql;\n"
    script += "".join(table.read_text("utf-8") for table in tables if table)
    script += (
        "flush privileges;\n"
        f"create user {USER}@'127.0.0.1' identified by '{password}';\n"
        f"grant all on *.* to {USER}@'127.0.0.1';\n"
    )
    _call([*command, "--bootstrap"], environment, script)
    port = _free_port()
    log = (data / "server.log").open("wb")
    process = subprocess.Popen(
        [
            *command,
            f"--socket={files}/socket",
            "--bind-address=127.0.0.1",
            f"--port={port}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment,
    )
    log.close()
    server = Mariadb(process, port, password)
    give_up = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            pymysql.connect(
                host="127.0.0.1", port=port, user=USER, password=password
            ).close()
            return server
        except pymysql.err.OperationalError as error:
            if process.poll() is not None or time.monotonic() > give_up:
                process.kill()
                said = (data / "server.log").read_text("utf-8", "replace")[-2000:]
                raise NoMariadbError(f"it does not start: {said}") from error
            time.sleep(0.2)


def _call(
    command: list[str], environment: dict[str, str] | None = None, script: str = ""
) -> None:
    done = subprocess.run(
        command,
        input=script,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise NoMariadbError(f"{command[0]} failed: {done.stdout[-2000:]}")


def _distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return dict(line.partition("=")[::2] for line in lines).get("ID", "").strip('"')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
