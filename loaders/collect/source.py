"""A connection to a system's live database: it reads, in local time, row by row.

Exactness is settled here: what a driver would round or refuse is asked of it as text.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from psycopg import DataError
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
from psycopg.types.string import TextLoader
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from loaders.collect.address import SourceAddress
from loaders.collect.failure import CollectError, LostConnectionError

CONNECT_SECONDS = 30
# No answer for so long, while rows are read, is a connection that is gone.
SILENCE_SECONDS = 1800
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "mssql": 1433}
LOCAL_TIME = "Asia/Shanghai"
MYSQL_SESSION = ("set time_zone = '+08:00'", "set session transaction read only")


def source_engine(address: SourceAddress) -> Engine:
    """An engine for a source. Raises: CollectError when its driver is not there."""
    url = address.url
    backend = url.get_backend_name()
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if backend == "postgresql":
        options["connect_args"] = {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c timezone={LOCAL_TIME} -c default_transaction_read_only=on",
        }
        # JSON as it was written: 1.50 is not 1.5.
        options["json_deserializer"] = _as_written
    elif backend in ("mysql", "mariadb"):
        url = url.update_query_dict({"charset": "utf8mb4"})
        options["connect_args"] = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": SILENCE_SECONDS,
        }
    elif backend == "sqlite":
        # A path that is wrong must not make an empty database.
        path = quote(url.database or "")
        url = URL.create(
            url.drivername, database=f"file:{path}", query={"mode": "ro", "uri": "true"}
        )
    try:
        engine = create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise CollectError(
            f"{address.label} needs the Python package {error.name}; it is not installed."
        ) from None
    except (ArgumentError, NoSuchModuleError, TypeError) as error:
        raise CollectError(
            f"{address.label} is not usable as an address ({type(error).__name__})."
        ) from None
    event.listen(engine, "connect", _SETTINGS.get(backend, _nothing))
    return engine


@contextmanager
def connected(engine: Engine, label: str, doing: str) -> Iterator[Connection]:
    """A connection whose failures are told apart.

    Raises: LostConnectionError where another try may help; CollectError where the database
    says no. What the database says is left out: it may quote a value or a user.
    """
    _reach(engine.url, label)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        if error.connection_invalidated:
            raise LostConnectionError(f"{label}: the connection broke, {doing}.") from None
        raise CollectError(
            f"{label}: the database says no, {doing} ({_code(error.orig)})."
        ) from None
    except SQLAlchemyError as error:
        raise CollectError(f"{label}: {doing} failed ({type(error).__name__}).") from None


def _reach(url: URL, label: str) -> None:
    """Whether anybody listens. A refused login is not worth another try, this is."""
    port = url.port or PORTS.get(url.get_backend_name())
    if not url.host or port is None:
        return
    try:
        socket.create_connection((url.host, port), CONNECT_SECONDS).close()
    except OSError as error:
        raise LostConnectionError(
            f"{label}: nobody answers there ({type(error).__name__})."
        ) from None


def _code(error: BaseException | None) -> str:
    """The kind of a driver's error and its number, without its words."""
    numbers = [getattr(error, "sqlstate", None), *getattr(error, "args", ())[:1]]
    known = [str(n) for n in numbers if isinstance(n, int) or (n and len(str(n)) == 5)]
    return " ".join([type(error).__name__, *known[:1]])


def _as_written(document: str | bytes) -> str:
    return document.decode() if isinstance(document, bytes) else document


def _nothing(connection: Any, _: object) -> None:
    return None


def _sqlite(connection: Any, _: object) -> None:
    # Bytes that are not UTF-8 must cost one row, not the whole table.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def _mysql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        for statement in MYSQL_SESSION:
            cursor.execute(statement)


def _postgresql(connection: Any, _: object) -> None:
    adapters = connection.adapters
    for name, loader in (("date", _Date), ("timestamp", _Timestamp)):
        adapters.register_loader(name, loader)
    adapters.register_loader("timestamptz", _Timestamptz)
    # An interval of a month is no number of days.
    adapters.register_loader("interval", TextLoader)


class _Date(DateLoader):
    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


class _Timestamp(TimestampLoader):
    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


class _Timestamptz(TimestamptzLoader):
    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


def _or_text(load: Any, data: Any) -> Any:
    """A time as Python has it, or its text where Python has none (infinity)."""
    try:
        return load(data)
    except DataError:
        return bytes(data).decode()


_SETTINGS = {
    "sqlite": _sqlite,
    "mysql": _mysql,
    "mariadb": _mysql,
    "postgresql": _postgresql,
}
