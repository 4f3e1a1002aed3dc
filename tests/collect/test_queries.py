"""The three questions, as each kind of database is asked them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.engine import Dialect

from loaders.collect.queries import Bound, everything, since, window
from loaders.contracts.extract import Extract

DIALECTS: dict[str, Dialect] = {
    "oracle": oracle.dialect(),
    "mssql": mssql.dialect(),
    "postgresql": postgresql.dialect(paramstyle="named"),
    "mysql": mysql.dialect(),
    "sqlite": sqlite.dialect(),
}
# How names are quoted, and where the parameter stands.
SPELLING = {
    "oracle": ('"', '"', ":since"),
    "mssql": ("[", "]", ":since"),
    "postgresql": ('"', '"', ":since"),
    "mysql": ("`", "`", "%s"),
    "sqlite": ('"', '"', "?"),
}
KEY = ("jgid", "Order")
CHANGED = Extract(
    table="MS_门诊 visit", db_schema="HIS", mode="watermark", column="Xgsj", days=None
)
RECENT = Extract(table="visit", mode="rolling", column="date", days=35)
WHOLE = Extract(table="select", mode="full")


def compiled(query: Select[tuple[object]], name: str) -> tuple[str, dict[str, object]]:
    compiled = query.compile(dialect=DIALECTS[name])
    # PostgreSQL is told the type of a parameter as well.
    sql = re.sub(r"::(DATE|TIMESTAMP WITHOUT TIME ZONE)", "", str(compiled))
    return " ".join(sql.split()), dict(compiled.params)


def quoted(name: str, identifier: str) -> str:
    left, right, _ = SPELLING[name]
    return f"{left}{identifier}{right}"


@pytest.mark.parametrize("name", DIALECTS)
def test_what_has_changed_since(name: str) -> None:
    moment = datetime(2025, 1, 2, 3, 4, 5, 678)
    sql, parameters = compiled(since(CHANGED, KEY, moment), name)
    table = f"{quoted(name, 'HIS')}.{quoted(name, 'MS_门诊 visit')}"
    changed = quoted(name, "Xgsj")
    assert sql == (
        f"SELECT * FROM {table} WHERE {changed} >= {SPELLING[name][2]} OR {changed} IS NULL"
        f" ORDER BY {quoted(name, 'jgid')}, {quoted(name, 'Order')}"
    )
    assert parameters == {"since": moment}


@pytest.mark.parametrize("name", DIALECTS)
def test_what_is_in_the_window(name: str) -> None:
    sql, parameters = compiled(window(RECENT, KEY, date(2025, 2, 5)), name)
    day = quoted(name, "date")
    assert sql == (
        f"SELECT * FROM {quoted(name, 'visit')}"
        f" WHERE {day} >= {SPELLING[name][2]} OR {day} IS NULL"
        f" ORDER BY {quoted(name, 'jgid')}, {quoted(name, 'Order')}"
    )
    assert parameters == {"since": date(2025, 1, 1)}


@pytest.mark.parametrize("name", DIALECTS)
def test_everything_there_is(name: str) -> None:
    sql, parameters = compiled(everything(WHOLE, ()), name)
    assert sql == f"SELECT * FROM {quoted(name, 'select')}"
    assert parameters == {}


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(
    "bound",
    ["2025-01-02", 12345678901, Decimal("1.50"), 1.5, datetime(2025, 1, 2), b"\x00\xff"],
    ids=lambda bound: type(bound).__name__,
)
def test_a_watermark_of_any_kind_can_be_sent(name: str, bound: Bound) -> None:
    query = since(CHANGED, KEY, bound)
    assert query.compile(dialect=DIALECTS[name]).params == {"since": bound}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_name_cannot_end_its_quotes(name: str) -> None:
    left, right, _ = SPELLING[name]
    hostile = Extract(table=f"x{right}; drop table y --", mode="full")
    sql, _ = compiled(everything(hostile, ()), name)
    assert sql == f"SELECT * FROM {left}x{right}{right}; drop table y --{right}"
