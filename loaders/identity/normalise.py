"""From delivered person records to comparable ones, in DuckDB.

Goes in: `identity.source_person`. Comes out: a workbench with the tables `record` (one row
per usable source record, numbered in anchor order) and `claim` (one row per distinct set of
claims that a strong number holds together), and the names that both refer to. Everything
is a function of the rows alone: their order does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
from sqlalchemy import Connection

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

RECORD_SQL = """
create table record as
with

usable as (
    select * from source where set_aside_because is null
),

referred as (
    select usable.n, target.n as reference_n
    from usable
    inner join usable as target on usable.reference_key = target.record_key
),

read as (
    select
        usable.n,
        name_read.name_id,
        birth_read.born_on,
        case when usable.sex_code in ('1', '2') then usable.sex_code end as sex_code,
        id_read.kind as id_kind,
        id_read.key as id_key,
        id_read.text as id_text,
        id_read.born_on as id_born_on,
        id_read.sex_code as id_sex_code,
        phone_read.phone,
        address_read.town,
        address_read.village,
        address_read.house,
        usable.town_code,
        usable.health_index_id,
        usable.archive_id,
        usable.insurance_number,
        usable.household_id,
        referred.reference_n,
        usable.first_delivery_on as known_on
    from usable
    left join name_read on usable.person_name is not distinct from name_read.raw
    left join birth_read
        on usable.born_on = birth_read.raw
        and usable.first_delivery_on = birth_read.known_on
    left join id_read
        on usable.id_number is not distinct from id_read.raw
        and usable.id_type_code is not distinct from id_read.id_type_code
    left join phone_read on usable.phone = phone_read.raw
    left join address_read on usable.address = address_read.raw
    left join referred on usable.n = referred.n
),

group_phones as (
    select read.phone
    from read
    inner join name on read.name_id = name.name_id
    where name.sound <> ''
    group by read.phone
    having count(distinct name.sound) > $household_names
),

-- Some records say the town by name, some by code, some both: those who say both translate.
said_town as (
    select town, town_code, count(*) as times
    from read
    where town is not null and town_code is not null
    group by town, town_code
),

town_code_of as (
    select town, town_code from said_town
    qualify
        row_number() over (partition by town order by times desc, town_code) = 1
        and times >= $clear_majority * sum(times) over (partition by town)
),

everybodys_numbers as (
    select read.id_key
    from read
    inner join name on read.name_id = name.name_id
    where name.sound <> ''
    group by read.id_key
    having count(distinct name.sound) > $most_names
)

select read.* replace (
    if(id_key in (from everybodys_numbers), 'placeholder', id_kind) as id_kind,
    if(id_key in (from everybodys_numbers), null, id_key) as id_key,
    if(id_key in (from everybodys_numbers), null, id_text) as id_text,
    if(phone in (from group_phones), null, phone) as phone,
    coalesce(read.town_code, town_code_of.town_code) as town_code
)
from read
left join town_code_of on read.town = town_code_of.town
"""

# Records that agree in everything that is compared and share a strong number are one claim:
# the numbers of claims, not of records, bound the work that follows.
CLAIM_SQL = """
alter table record add column claim integer;
update record set claim = numbered.claim
from (
    select
        record.n,
        case
            when name.key = '' or name.is_newborn or strong_number is null then record.n
            else min(record.n) over (
                partition by
                    strong_number, record.name_id, record.born_on, record.sex_code,
                    record.id_kind, record.id_text
            )
        end as claim
    from (
        select
            *,
            coalesce(
                'id|' || id_key,
                'insurance|' || insurance_number,
                'index|' || health_index_id
            ) as strong_number
        from record
    ) as record
    inner join name on record.name_id = name.name_id
) as numbered
where record.n = numbered.n;

create table claim as
select
    claim,
    any_value(name_id) as name_id,
    any_value(born_on) as born_on,
    any_value(sex_code) as sex_code,
    any_value(id_kind) as id_kind,
    any_value(id_key) as id_key,
    any_value(id_text) as id_text,
    any_value(id_born_on) as id_born_on,
    any_value(id_sex_code) as id_sex_code,
    count(*)::integer as record_count
from record
group by claim
order by claim;
"""


def lay_out(connection: Connection) -> Workbench:
    """Read every person record and make it comparable."""
    duck = duckdb.connect(":memory:")
    copy_in(connection, SOURCE_SQL, duck, "delivered")
    duck.execute(NUMBERED_SQL)
    duck.execute("drop table delivered")
    names = _read_names(duck)
    _read_ids(duck)
    _read_births(duck)
    _read_column(duck, "phone", "phone_read", ("phone",), lambda raw: (read_phone(raw),))
    _read_column(
        duck, "address", "address_read", ("town", "village", "house"), _address_parts
    )
    duck.execute(
        RECORD_SQL,
        {
            "household_names": HOUSEHOLD_NAMES,
            "most_names": MOST_NAMES_OF_ONE_NUMBER,
            "clear_majority": CLEAR_MAJORITY,
        },
    )
    for statement in CLAIM_SQL.split(";\n"):
        if statement.strip():
            duck.execute(statement)
    rows = duck.execute("select * from claim order by claim").fetchall()
    claims = {row[0]: Claim(row[0], names[row[1]], *row[2:]) for row in rows}
    return Workbench(duck, claims)


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
