"""Real servers on loopback to collect from, and a warehouse to land in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine, create_engine, text

from loaders.collect.collect import CollectSummary, collect
from loaders.contracts import model
from tests.collect.mariadb import Mariadb, mariadb_or_reason
from tests.collect.sftp_server import SftpServer
from tests.landing.looking import Landing
from tests.landing.sending import Sender

SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of this test's own, with no source configured."""
    for name in [name for name in os.environ if name.startswith("ONECARD_")]:
        monkeypatch.delenv(name)
    # The machine's proxy and keys have no business with servers on loopback.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("ONECARD_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_warehouse(make_database: Callable[[], Engine]) -> Engine:
    return make_database()


@pytest.fixture(scope="session")
def shared_live_postgresql(make_database: Callable[[], Engine]) -> Engine:
    return make_database()


@pytest.fixture
def use_warehouse(shared_warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An empty warehouse, in which collections remember what they did."""
    engine = shared_warehouse
    with engine.begin() as connection:
        connection.execute(text("drop schema if exists landing, audit cascade"))
        connection.execute(text("create schema landing"))
        connection.execute(text("create schema audit"))
    dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("ONECARD_DSN", dsn)
    return engine


@dataclass
class Collecting:
    """Collects into a folder, and keeps what was said."""

    deliveries: Path
    sources: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def collect(self, **options: Any) -> CollectSummary:
        options = {"waits": (0.0, 0.0), "report": self.said.append} | options
        return collect(self.deliveries, sources=self.sources, **options)

    def files(self) -> dict[str, bytes]:
        """What lies in the folders of days, by path."""
        return {
            path.relative_to(self.deliveries).as_posix(): path.read_bytes()
            for path in sorted(self.deliveries.glob("[0-9]*/**/*"))
            if path.is_file()
        }


@pytest.fixture
def collecting(tmp_path: Path) -> Collecting:
    return Collecting(tmp_path / "collected")


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    """Puts deliveries where a system leaves them."""
    (tmp_path / "left").mkdir()
    return Sender(tmp_path / "left")


@pytest.fixture
def sftp(
    sender: Sender, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SftpServer]:
    server = SftpServer(sender.root, home)
    monkeypatch.setenv("ONECARD_KNOWN_HOSTS", str(server.known_hosts))
    yield server
    server.stop()


@dataclass
class Bucket:
    """A bucket of an S3-compatible server, and the address that reads it."""

    client: Any
    name: str
    endpoint: str

    @property
    def url(self) -> str:
        return f"s3://onecard:{SECRET}@{self.name}/outbox?endpoint={self.endpoint}"

    def put(self, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=f"outbox/{name}", Body=data)

    def put_folder(self, root: Path) -> None:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                self.put(path.relative_to(root).as_posix(), path.read_bytes())


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


BUCKETS = count(1)


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    client = boto3.client(
        "s3",
        endpoint_url=s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="onecard",
        aws_secret_access_key=SECRET,
    )
    name = f"hospital-{next(BUCKETS)}"
    client.create_bucket(Bucket=name)
    return Bucket(client, name, s3_endpoint)


@pytest.fixture(scope="session")
def mariadb(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mariadb]:
    cache = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("mariadb") if cache else tmp_path_factory.mktemp("mariadb_cache")
    server = mariadb_or_reason(folder, tmp_path_factory.mktemp("mariadb"))
    yield server
    server.stop()


DATABASES = count(1)


@dataclass
class LiveDatabase:
    """A system's live database, as its own programs use it."""

    kind: str
    url: str
    engine: Engine

    def do(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement.replace(":", r"\:")))


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveDatabase]:
    """One database of each kind."""
    database = _make_live(request, request.param, tmp_path)
    yield database
    database.engine.dispose()


@pytest.fixture
def make_live(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], LiveDatabase]]:
    """Makes a database of the kind that is asked for."""
    made: list[LiveDatabase] = []

    def make(kind: str) -> LiveDatabase:
        made.append(_make_live(request, kind, tmp_path))
        return made[-1]

    yield make
    for database in made:
        database.engine.dispose()


def _make_live(request: pytest.FixtureRequest, kind: str, folder: Path) -> LiveDatabase:
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'live.db'}"
        return LiveDatabase(kind, url, create_engine(url))
    if kind == "postgresql":
        engine: Engine = request.getfixturevalue("shared_live_postgresql")
        with engine.begin() as connection:
            connection.execute(text("drop table if exists visit"))
        return LiveDatabase(kind, engine.url.render_as_string(hide_password=False), engine)
    server: Mariadb = request.getfixturevalue("mariadb")
    name = f"live_{next(DATABASES)}"
    admin = create_engine(server.address)
    with admin.begin() as connection:
        connection.execute(text(f"create database {name} character set utf8mb4"))
    admin.dispose()
    url = f"{server.address}/{name}"
    return LiveDatabase(kind, url, create_engine(url))


SYSTEM = {
    "system": "Q",
    "name": "q_clinic",
    "folder": "Q_CLINIC",
    "title": {"zh": "某诊所系统", "en": "A clinic"},
    "owner": "某诊所",
    "manifest": "{folder}_{date}.ok",
    "dag_id": "land_clinic",
}


def visit_contract(**given: Any) -> dict[str, Any]:
    """A contract of a table `visit` that is read from a live database."""
    return {
        "feed": "Q01",
        "table": "visit",
        "name": "q01_visit",
        "title": {"zh": "就诊", "en": "Visits"},
        "description": {"zh": "一行是一次就诊。", "en": "One row is one visit."},
        "owner": "某诊所",
        "format": "jsonl",
        "encoding": "utf-8",
        "file_name": r"visit_(?P<date>\d{8})(?:_R(?P<revision>\d+))?\.jsonl",
        "delivery": "delta",
        "key": ["id"],
        "version_by": ["changed"],
        "nulls": [],
        "freshness_days": 2,
        "extract": {"table": "visit", "mode": "watermark", "column": "changed"},
        "columns": [
            {
                "name": "id",
                "standard": "id",
                "zh": "编号",
                "en": "Number",
                "required": True,
            },
            {"name": "note", "standard": "note", "zh": "备注", "en": "Note"},
            {
                "name": "changed",
                "standard": "changed_at",
                "zh": "修改时间",
                "en": "Time of last change",
                "type": "datetime",
            },
        ],
    } | given


@pytest.fixture
def register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Makes a county whose only system has these contracts."""
    folder = tmp_path / "contracts"
    (folder / "q_clinic").mkdir(parents=True)
    monkeypatch.setenv("ONECARD_CONTRACTS", str(folder))

    def write(*contracts: dict[str, Any], **system: Any) -> None:
        path = folder / "q_clinic" / "_system.yml"
        path.write_text(yaml.safe_dump(SYSTEM | system), "utf-8")
        for contract in contracts:
            path = folder / "q_clinic" / f"{contract['name']}.yml"
            path.write_text(yaml.safe_dump(contract), "utf-8")
        _forget_contracts()

    yield write
    monkeypatch.undo()
    _forget_contracts()


def _forget_contracts() -> None:
    model.load_systems.cache_clear()
    model.load_contracts.cache_clear()


@pytest.fixture
def landing(use_warehouse: Engine, collecting: Collecting) -> Landing:
    """Lands what was collected."""
    return Landing(use_warehouse, collecting.deliveries)
