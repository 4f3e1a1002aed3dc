"""Every type that a hospital's database has, exact in the file and in the warehouse."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from loaders.collect import extract
from loaders.collect.values import value_text
from tests.collect.conftest import Collecting, LiveDatabase, visit_contract
from tests.landing.looking import Landing

# By kind of database: column, its type, the value as SQL writes it, and as text.
VALUES = {
    "mariadb": [
        ("name", "varchar(50)", "'张三😀'", "张三😀"),
        ("blank", "varchar(9)", "''", ""),
        ("nothing", "varchar(9)", "null", None),
        ("amount", "decimal(20,4)", "1234567890123456.5000", "1234567890123456.5000"),
        ("minus", "decimal(10,2)", "-0.10", "-0.10"),
        ("seen", "datetime(6)", "'2025-01-02 03:04:05.6'", "2025-01-02 03:04:05.600000"),
        ("midnight", "datetime", "'2025-01-02'", "2025-01-02 00:00:00"),
        ("zero", "datetime", "'0000-00-00 00:00:00'", "0000-00-00 00:00:00"),
        ("stamped", "timestamp", "from_unixtime(86400)", "1970-01-02 08:00:00"),
        ("born", "date", "'1980-02-29'", "1980-02-29"),
        ("lasted", "time", "'-101:02:03'", "-101:02:03"),
        ("active", "tinyint(1)", "1", "1"),
        ("flags", "bit(9)", "b'100000001'", "0101"),
        ("photo", "blob", "x'00ff0a22'", "00ff0a22"),
        ("number", "bigint unsigned", "18446744073709551615", "18446744073709551615"),
        ("score", "double", "0.1", "0.1"),
        ("document", "json", '\'{"a": 1.50}\'', '{"a": 1.50}'),
        ("lines", "text", "'a\\nb\\t\"c\\\\'", 'a\nb\t"c\\'),
    ],
    "postgresql": [
        ("name", "varchar(50)", "'张三😀'", "张三😀"),
        ("blank", "varchar(9)", "''", ""),
        ("nothing", "varchar(9)", "null", None),
        ("amount", "numeric(20,4)", "1234567890123456.5", "1234567890123456.5000"),
        ("no_number", "numeric", "'NaN'", "NaN"),
        ("seen", "timestamp", "'2025-01-02 03:04:05.00006'", "2025-01-02 03:04:05.000060"),
        ("midnight", "timestamp", "'2025-01-02'", "2025-01-02 00:00:00"),
        ("zoned", "timestamptz", "'2025-01-02 03:00:00Z'", "2025-01-02 11:00:00+08:00"),
        ("never", "timestamp", "'infinity'", "infinity"),
        ("ancient", "date", "'0044-03-15 BC'", "0044-03-15 BC"),
        ("born", "date", "'1980-02-29'", "1980-02-29"),
        ("lasted", "interval", "'1 month 2 days'", "1 mon 2 days"),
        ("active", "boolean", "false", "false"),
        ("photo", "bytea", "'\\x00ff0a22'", "00ff0a22"),
        ("number", "bigint", "9223372036854775807", "9223372036854775807"),
        ("score", "double precision", "0.1", "0.1"),
        ("document", "jsonb", '\'{"a": 1.50}\'', '{"a": 1.50}'),
        ("plain", "json", '\'{"a":  1}\'', '{"a":  1}'),
        ("list", "text[]", "array['甲', null]", '["甲",null]'),
        ("key", "uuid", "'00000000-0000-0000-0000-000000000001'",
         "00000000-0000-0000-0000-000000000001"),
    ],
    "sqlite": [
        ("name", "varchar(50)", "'张三😀'", "张三😀"),
        ("blank", "text", "''", ""),
        ("nothing", "text", "null", None),
        ("amount", "text", "'1.50'", "1.50"),
        ("seen", "datetime", "'2025-01-02 03:04:05.000060'", "2025-01-02 03:04:05.000060"),
        ("odd", "datetime", "'not a time'", "not a time"),
        ("active", "boolean", "1", "1"),
        ("photo", "blob", "x'00ff0a22'", "00ff0a22"),
        ("number", "integer", "9223372036854775807", "9223372036854775807"),
        ("score", "real", "0.1", "0.1"),
    ],
}  # fmt: skip


def column(name: str) -> dict[str, Any]:
    return {"name": name, "standard": name, "zh": "列", "en": "A column"}


def test_each_type_as_text(
    live: LiveDatabase,
    register: Callable[..., None],
    collecting: Collecting,
    landing: Landing,
) -> None:
    values = [("id", "integer", "1", "1"), *VALUES[live.kind]]
    names = [name for name, *_ in values]
    quote = "`" if live.kind == "mariadb" else '"'
    columns = ", ".join(f"{quote}{name}{quote} {kind}" for name, kind, *_ in values)
    live.do(
        f"create table visit ({columns})",
        f"insert into visit values ({', '.join(sql for _, _, sql, _ in values)})",
    )
    register(
        visit_contract(
            columns=[column(name) for name in names],
            extract={"table": "visit", "mode": "full"},
            delivery="snapshot",
            version_by=[],
        )
    )
    collecting.sources["Q"] = live.url
    collecting.collect(day=date(2025, 1, 2))

    expected = {name: value for name, _, _, value in values}
    data = collecting.files()["20250102/Q_CLINIC/visit_20250102.jsonl"]
    assert json.loads(data) == expected
    landing.land()
    (row,) = landing.rows("Q01", *expected)
    assert list(row) == list(expected.values())


def test_a_text_that_is_not_utf_8_costs_its_row_alone(
    make_live: Callable[[str], LiveDatabase],
    register: Callable[..., None],
    collecting: Collecting,
    landing: Landing,
) -> None:
    live = make_live("sqlite")
    live.do(
        "create table visit (id integer, note text, changed text)",
        "insert into visit values (1, 'good', null)",
        "insert into visit values (2, cast(x'd5c5c8fd' as text), null)",
    )
    register(visit_contract())
    collecting.sources["Q"] = live.url
    collecting.collect(day=date(2025, 1, 2))
    landing.land()
    assert landing.rows("Q01", "note") == [("good",)]
    assert landing.rejects() == [(2, "undecodable")]


@pytest.fixture(params=["postgresql", "mariadb"])
def large(
    request: pytest.FixtureRequest,
    make_live: Callable[[str], LiveDatabase],
    register: Callable[..., None],
    collecting: Collecting,
    landing: Landing,
    monkeypatch: pytest.MonkeyPatch,
) -> LiveDatabase:
    """A table of 13,500 rows and more than 10 MB, read in small batches."""
    monkeypatch.setattr(extract, "BATCH", 100)
    kind = request.param
    live = make_live(kind)
    live.do(
        "create table visit (id integer primary key, note text, changed date)",
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)"
        " insert into visit select i, 'x', null from n"
        if kind == "postgresql"
        else "insert into visit select seq, 'x', null from seq_1_to_900",
        "insert into visit select a.id * 1000 + b.id, repeat('y', 900), null"
        " from visit as a cross join visit as b where a.id > 900 - 14",
    )
    register(visit_contract())
    collecting.sources["Q"] = live.url
    return live


def test_a_large_table_is_read_row_by_row(
    large: LiveDatabase, collecting: Collecting
) -> None:
    # What is imported and opened once is not counted.
    collecting.collect(day=date(2025, 1, 1))
    tracemalloc.start()
    collecting.collect(day=date(2025, 1, 2))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = len(collecting.files()["20250102/Q_CLINIC/visit_20250102.jsonl"])
    assert size > 10_000_000
    assert peak < size / 4


# PyMySQL complains when what is left of a broken connection is thrown away.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_that_breaks_is_taken_up_from_the_first_row(
    large: LiveDatabase, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def break_once(value: object) -> str | None:
        seen.append(value)
        if len(seen) == 3000:
            end_other_sessions(large)
        return value_text(value)

    monkeypatch.setattr(extract, "value_text", break_once)
    collecting.collect(day=date(2025, 1, 1))
    # Thrown away now, while its complaint is expected.
    gc.collect()
    data = collecting.files()["20250101/Q_CLINIC/visit_20250101.jsonl"]
    numbers = [int(json.loads(line)["id"]) for line in data.splitlines()]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 900 + 14 * 900
    assert sum("the connection broke" in line for line in collecting.said) == 1


def end_other_sessions(live: LiveDatabase) -> None:
    """What an administrator does who wants to stop a long query."""
    with live.engine.connect() as connection:
        if live.kind == "postgresql":
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
            return
        others = connection.scalars(
            text(
                "select id from information_schema.processlist"
                " where db = database() and id <> connection_id()"
            )
        ).all()
        for number in others:
            connection.execute(text(f"kill {number}"))
