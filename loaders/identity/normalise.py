"""From delivered person records to comparable ones, in DuckDB.

Goes in: `identity.source_person`. Comes out: a workbench with the tables `record` (one row
per usable source record, numbered in anchor order) and `claim` (one row per distinct set of
claims that a strong number holds together), and the names that both refer to. Everything
is a function of the rows alone: their order does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files

import duckdb
from sqlalchemy import Connection

from loaders.failure import ExpectedFailure
from loaders.identity.compare import speaks_for_nobody
from loaders.identity.contact import read_address, read_phone
from loaders.identity.id_number import read_id_number
from loaders.identity.person_name import PersonName, read_person_name
from loaders.identity.workbench import Claim, Workbench, copy_in, put_table

KEY = (
    "record_key",
    "source_system",
    "source_table",
    "org_code",
    "native_id",
    "native_part",
)
CLAIMS = (
    "first_delivery_on", "person_name", "id_number", "id_type_code", "sex_code", "born_on",
    "phone", "address", "town_code", "health_index_id", "archive_id", "insurance_number",
    "household_id", "reference_key", "set_aside_because",
)  # fmt: skip
# A phone of more names than a household has is the village doctor's or the school's.
HOUSEHOLD_NAMES = 5
# A valid number on more names than clerks can make of one is a form's default.
MOST_NAMES_OF_ONE_NUMBER = 10
# A town's name stands for its code when this share of those who say both agree.
CLEAR_MAJORITY = 0.8

NAME_COLUMNS = {
    "name_id": "integer", "key": "text", "sound": "text", "surname": "text", "rank": "text",
    "is_newborn": "boolean", "has_lost_characters": "boolean", "masks": "texts",
    "shortened": "texts",
}  # fmt: skip
ID_COLUMNS = {
    "raw": "text", "id_type_code": "text", "kind": "text", "key": "text", "text": "text",
    "born_on": "date", "sex_code": "text",
}  # fmt: skip

SOURCE_SQL = f"""
select {", ".join(f"{column}::text" for column in KEY + CLAIMS)}
from identity.source_person
"""

NUMBERED_SQL = """
create table source as
select
    row_number() over (
        order by
            first_delivery_on::date, source_system, source_table,
            coalesce(org_code, ''), native_id, coalesce(native_part, ''), record_key
    )::integer as n,
    * replace (first_delivery_on::date as first_delivery_on, born_on::date as born_on)
from delivered
"""


class RepeatedRecordError(ExpectedFailure):
    """Two rows of `identity.source_person` claim to be the same source record."""


def lay_out(connection: Connection) -> Workbench:
    """Read every person record and make it comparable.

    Raises: RepeatedRecordError.
    """
    duck = duckdb.connect(":memory:")
    copy_in(connection, SOURCE_SQL, duck, "delivered")
    duck.execute(NUMBERED_SQL)
    duck.execute("drop table delivered")
    _check_keys(duck)
    names = _read_names(duck)
    _read_ids(duck)
    _read_births(duck)
    _read_column(duck, "phone", "phone_read", ("phone",), lambda raw: (read_phone(raw),))
    _read_column(
        duck, "address", "address_read", ("town", "village", "house"), _address_parts
    )
    sql = files("loaders.identity")
    duck.execute(
        sql.joinpath("record.sql").read_text("utf-8"),
        {
            "household_names": HOUSEHOLD_NAMES,
            "most_names": MOST_NAMES_OF_ONE_NUMBER,
            "clear_majority": CLEAR_MAJORITY,
        },
    )
    duck.execute(sql.joinpath("claim.sql").read_text("utf-8"))
    rows = duck.execute("select * exclude (towns) from claim order by claim").fetchall()
    claims = {row[0]: Claim(row[0], names[row[1]], *row[2:]) for row in rows}
    return Workbench(duck, claims)


def _check_keys(duck: duckdb.DuckDBPyConnection) -> None:
    [(repeated,)] = duck.execute(
        "select count(*) - count(distinct record_key) from source"
    ).fetchall()
    if repeated:
        # Said here in a count: the database would put the key itself into its message.
        raise RepeatedRecordError(
            f"identity.source_person has {repeated} rows without a record_key of their own."
            " Every source record must have one row there: look at its dbt model."
        )


def _read_names(duck: duckdb.DuckDBPyConnection) -> list[PersonName]:
    raws = duck.execute("select distinct person_name from source order by 1").fetchall()
    read = [(raw, read_person_name(raw)) for (raw,) in raws]
    names = sorted({name for _, name in read}, key=repr)
    number = {name: i for i, name in enumerate(names)}
    put_table(
        duck,
        "name_read",
        {"raw": "text", "name_id": "integer"},
        [(raw, number[name]) for raw, name in read],
    )
    put_table(duck, "name", NAME_COLUMNS, map(_name_row, enumerate(names)))
    return names


def _name_row(numbered: tuple[int, PersonName]) -> tuple[object, ...]:
    number, name = numbered
    return (
        number, name.key, name.pinyin.replace(" ", ""), name.surname, name.rank,
        name.is_newborn, name.has_lost_characters, name.masks(), name.shortened(),
    )  # fmt: skip


def _read_ids(duck: duckdb.DuckDBPyConnection) -> None:
    raws = duck.execute("select distinct id_number, id_type_code from source").fetchall()
    rows = []
    for raw, id_type_code in raws:
        number = read_id_number(raw, id_type_code)
        rows.append(
            (
                raw, id_type_code, number.kind.value, number.key, number.text,
                number.born_on, number.sex_code,
            )
        )  # fmt: skip
    put_table(duck, "id_read", ID_COLUMNS, rows)


def _read_births(duck: duckdb.DuckDBPyConnection) -> None:
    raws = duck.execute(
        "select distinct born_on, first_delivery_on from source where born_on is not null"
    ).fetchall()
    rows = [
        (raw, known_on, None if speaks_for_nobody(raw, known_on) else raw)
        for raw, known_on in raws
    ]
    columns = dict.fromkeys(("raw", "known_on", "born_on"), "date")
    put_table(duck, "birth_read", columns, rows)


def _read_column(
    duck: duckdb.DuckDBPyConnection,
    column: str,
    table: str,
    parts: Sequence[str],
    read: Callable[[str], Sequence[str | None]],
) -> None:
    raws = duck.execute(
        f"select distinct {column} from source where {column} is not null"
    ).fetchall()
    columns = dict.fromkeys(("raw", *parts), "text")
    put_table(duck, table, columns, [(raw, *read(raw)) for (raw,) in raws])


def _address_parts(raw: str) -> tuple[str | None, ...]:
    address = read_address(raw)
    return (address.town or None, address.village or None, address.house or None)
