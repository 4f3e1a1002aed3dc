"""How today's record differs from one that was rebuilt: rows that came, went, changed.

Goes in: the schema of a rebuilt record. Comes out: counts per table, no value of any row.
A row is the same one if it has the key that the table's own tests say is unique; where it
was read from is no part of what it says.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, text

from loaders.read_yaml import read_yaml
from loaders.transform import DBT_PROJECT

TODAY = "record"
RECORD_MODELS = DBT_PROJECT / "models" / "3_record"
READ_FROM = frozenset({"_file_id", "_line_number", "file_id", "line_number"})
COLUMNS = """
    select attname from pg_attribute
    where attrelid = to_regclass(:relation) and attnum > 0 and not attisdropped
    order by attname
"""


class TableChange(NamedTuple):
    """Rows of one table then and now; nothing of it can be told where its shape changed."""

    table: str
    then: int | None = None
    now: int | None = None
    came: int | None = None
    went: int | None = None
    changed: int | None = None


def compare_with_today(engine: Engine, schema: str) -> list[TableChange]:
    """Compare every table of the rebuilt record with the one that stands."""
    with engine.connect() as connection:
        return [_compare(connection, schema, table) for table in sorted(keys_of_tables())]


@cache
def keys_of_tables() -> dict[str, tuple[str, ...]]:
    """By table of the record, the columns by which its rows are known: from its tests."""
    keys: dict[str, tuple[str, ...]] = {}
    for path in sorted(RECORD_MODELS.rglob("*.yml")):
        for model in read_yaml(path).get("models", []):
            if key := _key_of(model):
                keys[model["name"].removeprefix("rec_")] = key
    return keys


def _key_of(model: dict[str, Any]) -> tuple[str, ...]:
    for column in model.get("columns", []):
        if "unique" in column.get("data_tests", []):
            return (str(column["name"]),)
    for test in model.get("data_tests", []):
        if isinstance(test, dict) and "unique_together" in test:
            return tuple(test["unique_together"]["arguments"]["columns"])
    return ()


def _compare(connection: Connection, schema: str, table: str) -> TableChange:
    then, now = f"{schema}.{table}", f"{TODAY}.{table}"
    columns, others = (
        list(connection.scalars(text(COLUMNS), {"relation": relation}))
        for relation in (then, now)
    )
    if not columns or columns != others:
        return TableChange(table)
    key = ", ".join(keys_of_tables()[table])
    said = ", ".join(f'"{name}"' for name in columns if name not in READ_FROM)
    # Row by row as one text: a key may hold a null, and a column of json has no equality.
    rows = f"select cast(row({key}) as text) as key, md5(cast(row({said}) as text)) as said"
    counts = connection.execute(
        text(
            f"""
            select
                count(past.key) as was,
                count(today.key) as is_now,
                count(*) filter (where past.key is null) as came,
                count(*) filter (where today.key is null) as went,
                count(*) filter (where past.said <> today.said) as changed
            from ({rows} from {then}) as past
            full join ({rows} from {now}) as today on past.key = today.key
            """
        )
    ).one()
    return TableChange._make((table, *counts))
