"""Addresses: understood in both spellings, and never repeated with what is secret."""

from __future__ import annotations

import pytest
from airflow.sdk import Connection

from loaders.collect.address import configured_sources, read_address
from loaders.collect.failure import CollectError
from tests.collect.conftest import SECRET

WHERE = "ONECARD_SOURCE_A"


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        (f"sftp://u:{SECRET}@host:2222/out/box?key=/k", "sftp", "sftp://host:2222/out/box"),
        (f"s3://k:{SECRET}@bucket/out?endpoint=http://h:9", "s3", "s3://bucket/out"),
        (f"mysql://u:{SECRET}@host/his", "database", "mysql://host/his"),
        (f"postgres://u:{SECRET}@host:1/his", "database", "postgresql://host:1/his"),
        ("sqlite:////data/his.db", "database", "sqlite:////data/his.db"),
    ],
)
def test_a_label_says_where_and_no_more(text: str, kind: str, label: str) -> None:
    address = read_address(text, WHERE)
    assert (address.kind, address.label) == (kind, label)


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("mysql://h/d", "mysql+pymysql"),
        ("mariadb://h/d", "mariadb+pymysql"),
        ("postgresql://h/d", "postgresql+psycopg"),
        ("oracle://h/d", "oracle+oracledb"),
        ("mssql+pymssql://h/d", "mssql+pymssql"),
    ],
)
def test_a_database_gets_the_driver_that_we_have(text: str, driver: str) -> None:
    assert read_address(text, WHERE).url.drivername == driver


@pytest.mark.parametrize(
    "text",
    [
        f"no address but {SECRET}",
        f"ftp://u:{SECRET}@host/x",
        f"sftp:///{SECRET}",
        f"s3:///{SECRET}",
        f"sftp://u:{SECRET}@host:port/x",
        f"sftp://host/?__extra__={SECRET}",
    ],
)
def test_what_is_no_address_is_not_repeated(text: str) -> None:
    with pytest.raises(CollectError) as failure:
        read_address(text, WHERE)
    assert WHERE in str(failure.value)
    assert SECRET not in str(failure.value)


@pytest.mark.parametrize(
    ("connection", "kind", "label"),
    [
        (
            Connection(
                conn_id="x", conn_type="sftp", host="host", login="u", password=SECRET,
                port=22, schema="out/box", extra='{"key_file": "/k"}',
            ),
            "sftp",
            "sftp://host:22/out/box",
        ),
        (
            Connection(
                conn_id="x", conn_type="aws", host="bucket", login="k", password=SECRET,
                extra='{"endpoint_url": "http://h:9", "config_kwargs": {"a": 1}}',
            ),
            "s3",
            "s3://bucket/",
        ),
        (
            Connection(
                conn_id="x", conn_type="mysql", host="host", login="u", password=SECRET,
                schema="his",
            ),
            "database",
            "mysql://host/his",
        ),
        (
            Connection(conn_id="x", conn_type="sqlite", host="/data/his.db"),
            "database",
            "sqlite:////data/his.db",
        ),
    ],
)  # fmt: skip
def test_airflows_spelling_is_understood(
    connection: Connection, kind: str, label: str
) -> None:
    address = read_address(connection.get_uri(), WHERE)
    assert (address.kind, address.label) == (kind, label)
    if connection.password:
        assert address.url.password == SECRET
    options = {"sftp": ("key_file", "/k"), "s3": ("endpoint_url", "http://h:9")}
    if kind in options:
        name, value = options[kind]
        assert address.option("other", name) == value


def test_sources_are_read_from_the_environment() -> None:
    environment = {"ONECARD_SOURCE_A": "sftp://h", "ONECARD_SOURCE_B": " ", "OTHER": "x"}
    assert configured_sources(environment) == {"A": "sftp://h"}
