"""Rows that come once more: with another cell, dated ahead, or just as they were.

Every act takes the redelivery that it is a part of, and says what it did.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from loaders.landing.schema import landing_table, quoted

if TYPE_CHECKING:
    from tests.changes.redelivery import Redelivery

DAY = r"^(\d{4})(-?)(\d\d)(-?)(\d\d)"


def correct(county: Redelivery, connection: Connection) -> str:
    """Some rows come again with one cell changed to what another row says there."""
    contract = county.dice.choice(county.contracts)
    cells = [name for name in contract.column_names if name not in contract.key]
    column = quoted(county.dice.choice(cells)) if cells else ""
    if not column:
        return ""
    other = f"(select {column} from {landing_table(contract)} order by random() limit 1)"
    return county.send_rows(connection, contract, f"{column} = {other}", "corrected")


def give_away(county: Redelivery, connection: Connection) -> str:
    """Some keys of one feed come again and name another row's person, or one of before."""
    contract = county.dice.choice([one for one in county.contracts if one.person])
    who = [
        quoted(column.name)
        for column in contract.columns
        if column.standard in ("person_name", "id_number", "born_on", "sex_code")
        and column.name not in contract.key
    ]
    table = landing_table(contract)
    columns = ", ".join(who)
    other = f"(select {columns} from {table} order by random() limit 1)"
    changed = f"({columns}) = {other}"
    return county.send_rows(connection, contract, changed, "given away")


def post_date(county: Redelivery, connection: Connection) -> str:
    """Days that lie after the last that is known; the next delivery reaches them."""
    contract = county.dice.choice(county.contracts)
    dates = [
        column.name
        for column in contract.columns
        if column.type in ("date", "datetime") and column.name not in contract.key
    ]
    if not dates:
        return ""
    column = quoted(county.dice.choice(dates))
    day = county.today + timedelta(days=county.dice.randint(0, 2))
    put = f"{day:%Y}\\2{day:%m}\\4{day:%d}"
    changed = f"{column} = regexp_replace({column}, '{DAY}', '{put}')"
    return county.send_rows(connection, contract, changed, "post-dated")


def send_again(county: Redelivery, connection: Connection) -> str:
    """Some rows come once more, and nothing is different."""
    contract = county.dice.choice(county.contracts)
    return county.send_rows(connection, contract, "_line_number = _line_number", "again")
