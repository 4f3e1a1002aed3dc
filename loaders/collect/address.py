"""Where a system leaves its deliveries: an address, read from the environment or given.

`ONECARD_SOURCE_<letter>` is a URL: `sftp://user@host/path?key=FILE`,
`s3://key:secret@bucket/prefix?endpoint=URL`, or what SQLAlchemy reads for a database.
Airflow spells the same things a little differently; its spellings are understood too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from loaders.collect.failure import CollectError

VARIABLE = "ONECARD_SOURCE_"
Kind = Literal["sftp", "s3", "database"]
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+pyodbc",
    "sqlite": "sqlite",
}
BUCKETS = {"s3", "aws"}


@dataclass(frozen=True)
class SourceAddress:
    """A parsed address; only `label` may be shown."""

    kind: Kind
    url: URL

    @property
    def label(self) -> str:
        """The address without user, password and options."""
        port = f":{self.url.port}" if self.url.port else ""
        kind = self.url.get_backend_name() if self.kind == "database" else self.kind
        return f"{kind}://{self.url.host or ''}{port}/{self.url.database or ''}"

    def option(self, *names: str) -> str | None:
        """The first of these options that the address carries."""
        for name in names:
            value = self.url.query.get(name)
            if value:
                return value if isinstance(value, str) else value[-1]
        return None


def read_address(text: str, where: str) -> SourceAddress:
    """The address in a text. Raises: CollectError, naming `where` the text came from."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        # Whatever it is, it may carry a password: it is not repeated.
        raise CollectError(
            f"{where} is not an address: expected sftp://…, s3://… or a database URL."
        ) from None
    extra = url.query.get("__extra__")
    if isinstance(extra, str):
        url = url.set(query=_flat(extra, where))
    host = unquote(url.host) if url.host else None
    url = url.set(host=host)
    name = url.drivername.lower()
    if name == "sftp":
        if not host:
            raise CollectError(f"{where} names no server: expected sftp://user@host/path.")
        return SourceAddress("sftp", url)
    if name in BUCKETS:
        if not host:
            raise CollectError(f"{where} names no bucket: expected s3://bucket/prefix.")
        return SourceAddress("s3", url)
    backend, _, driver = name.partition("+")
    if backend not in DRIVERS:
        raise CollectError(f"{where} begins with {name}://, which nothing here can read.")
    if not driver:
        url = url.set(drivername=DRIVERS[backend])
    if backend == "sqlite" and host:
        # Airflow puts the path of the file where others have their server.
        url = URL.create(url.drivername, database=host, query=url.query)
    return SourceAddress("database", url)


def configured_sources(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The texts of all sources in the environment, by the letter of their system."""
    return {
        name.removeprefix(VARIABLE): text
        for name, text in environment.items()
        if name.startswith(VARIABLE) and text.strip()
    }


def _flat(extra: str, where: str) -> dict[str, str]:
    try:
        options = json.loads(extra)
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise CollectError(f"The options of {where} are not a JSON object.")
    return {
        str(name): value if isinstance(value, str) else json.dumps(value)
        for name, value in options.items()
    }
