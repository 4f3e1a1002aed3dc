"""The records of a county as training needs them, in DuckDB.

Goes in: `identity.source_person` of a warehouse. Comes out: the tables `statement`, `word`
(one statement of each register on each person whom a valid number names) and `person` (one
of each person). Nothing of it outlives the training.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import duckdb
from sqlalchemy import Connection

from loaders.identity.birth import lunar_days, speaks_for_nobody
from loaders.identity.contact import read_address, read_phone
from loaders.identity.id_number import read_id_number
from loaders.identity.person_name import NAME_FEATURES, name_features, read_person_name
from loaders.identity.workbench import copy_in, put_table

# A phone of more names than a household has is the village doctor's or the school's.
HOUSEHOLD_NAMES = 5
TRAINING_SQL = """
select
    record_key, source_system, source_table, person_name, id_number, id_type_code,
    sex_code, born_on, phone, address, town_code, first_delivery_on
from identity.source_person
where set_aside_because is null
"""
READ_COLUMNS = {
    "record_key": "text", "source_system": "text", "source_table": "text",
    "name_id": "integer", "id_kind": "text", "id_key": "text", "id_text": "text",
    "id_born_on": "date", "sex_code": "text", "born_on": "date", "phone_read": "text",
    "town": "text", "village": "text", "house": "text", "place_group": "text",
    "town_code": "text",
}  # fmt: skip


def lay_out_training(connection: Connection, duck: duckdb.DuckDBPyConnection) -> None:
    """Make `statement`, `word` and `person` from the records of the warehouse."""
    copy_in(connection, TRAINING_SQL, duck, "delivered")
    rows = duck.execute("select * from delivered order by record_key").fetchall()
    raw_names = sorted({row[3] or "" for row in rows})
    read = {raw: read_person_name(raw) for raw in raw_names}
    names = sorted(set(read.values()), key=repr)
    number = {name: i for i, name in enumerate(names)}
    put_table(
        duck,
        "name",
        {"name_id": "integer", **NAME_FEATURES},
        [(i, *name_features(name).values()) for i, name in enumerate(names)],
    )
    put_table(
        duck,
        "source",
        READ_COLUMNS,
        [_read(row, number[read[row[3] or ""]]) for row in rows],
    )
    births = duck.execute(
        "select distinct born_on from source where born_on is not null order by 1"
    ).fetchall()
    put_table(
        duck,
        "birth",
        {"born_on": "date", "lunar_days": "texts"},
        [(born_on, lunar_days(born_on)) for (born_on,) in births],
    )
    sql = files("loaders.identity").joinpath("training.sql").read_text("utf-8")
    for statement in filter(str.strip, sql.split(";\n")):
        asks = {"household_names": HOUSEHOLD_NAMES} if "$household" in statement else {}
        duck.execute(statement, asks)


def _read(row: tuple[str | None, ...], name_id: int) -> tuple[object, ...]:
    key, system, table, _, raw_id, id_type, sex, born, phone, address, town, known_on = row
    number = read_id_number(raw_id, id_type)
    place = read_address(address)
    born_on = date.fromisoformat(born) if born else None
    known = date.fromisoformat(known_on or "")
    return (
        key, system, table, name_id, number.kind.value, number.key, number.text,
        number.born_on, sex if sex in ("1", "2") else None,
        None if speaks_for_nobody(born_on, known) else born_on,
        read_phone(phone), place.town or None, place.village or None, place.house or None,
        place.group or None, town,
    )  # fmt: skip
