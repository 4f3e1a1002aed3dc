"""What delivered values say, each different one read once.

Goes in: the view `delivered` of the workbench. Comes out: tables from a value as delivered
to what it says: `name_read` and `name`, `id_read`, `birth_read` and `lunar`, `phone_read`,
`address_read`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

import duckdb

from loaders.identity.birth import lunar_days, speaks_for_nobody
from loaders.identity.contact import FormerNames, read_address, read_phone
from loaders.identity.id_number import read_id_number
from loaders.identity.person_name import (
    NAME_FEATURES,
    PersonName,
    name_features,
    read_person_name,
)
from loaders.identity.workbench import put_table

# Any order, but always the same.
IN_ORDER = attrgetter("key", "pinyin", "rank", "is_newborn", "tones", "sounds", "head")
NAME_COLUMNS = {"name_id": "integer", **NAME_FEATURES}
ID_COLUMNS = {
    "raw": "text", "id_type_code": "text", "kind": "text", "key": "text", "text": "text",
    "born_on": "date", "sex_code": "text",
}  # fmt: skip
BIRTHS_SQL = """
select distinct born_on::date, first_delivery_on::date from delivered
where born_on is not null
"""


@dataclass(frozen=True)
class Besides:
    """What is said besides names and numbers: births, with the day they were known on."""

    births: Sequence[tuple[date, date]]
    phones: Sequence[str]
    addresses: Sequence[str]


def read_names(duck: duckdb.DuckDBPyConnection) -> list[PersonName]:
    """Make `name_read` and `name`; returns the names by their number in these."""
    raws = duck.execute("select distinct person_name from delivered order by 1").fetchall()
    read = [(raw, read_person_name(raw)) for (raw,) in raws]
    names = sorted({name for _, name in read}, key=IN_ORDER)
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
    return (number, *name_features(name).values())


def read_ids(duck: duckdb.DuckDBPyConnection) -> None:
    """Make `id_read`."""
    raws = duck.execute("select distinct id_number, id_type_code from delivered").fetchall()
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


def said_besides(duck: duckdb.DuckDBPyConnection) -> Besides:
    """The different births, phones and addresses in `delivered`."""
    births = duck.execute(BIRTHS_SQL).fetchall()
    return Besides(births, _distinct(duck, "phone"), _distinct(duck, "address"))


def read_besides(
    duck: duckdb.DuckDBPyConnection, said: Besides, former_names: FormerNames
) -> None:
    """Make the tables of births, phones and addresses; needs `id_read` too."""
    _read_births(duck, said.births)
    _read_column(
        duck, said.phones, "phone_read", ("phone",), lambda raw: (read_phone(raw),)
    )
    _read_column(
        duck, said.addresses, "address_read", ("town", "village", "house"),
        lambda raw: _address_parts(raw, former_names),
    )  # fmt: skip


def _distinct(duck: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    rows = duck.execute(
        f"select distinct {column} from delivered where {column} is not null"
    )
    return [value for (value,) in rows.fetchall()]


def _read_births(
    duck: duckdb.DuckDBPyConnection, raws: Iterable[tuple[date, date]]
) -> None:
    rows = [
        (raw, known_on, None if speaks_for_nobody(raw, known_on) else raw)
        for raw, known_on in raws
    ]
    columns = dict.fromkeys(("raw", "known_on", "born_on"), "date")
    put_table(duck, "birth_read", columns, rows)
    days = {row[2] for row in rows} | {
        day
        for (day,) in duck.execute(
            "select distinct born_on from id_read where born_on is not null"
        ).fetchall()
    }
    put_table(
        duck,
        "lunar",
        {"born_on": "date", "lunar_days": "texts"},
        [(day, lunar_days(day)) for day in sorted(filter(None, days))],
    )


def _read_column(
    duck: duckdb.DuckDBPyConnection,
    raws: Sequence[str],
    table: str,
    parts: Sequence[str],
    read: Callable[[str], Sequence[str | None]],
) -> None:
    columns = dict.fromkeys(("raw", *parts), "text")
    put_table(duck, table, columns, [(raw, *read(raw)) for raw in raws])


def _address_parts(raw: str, former_names: FormerNames) -> tuple[str | None, ...]:
    address = read_address(raw, former_names)
    return (address.town or None, address.village or None, address.house or None)
