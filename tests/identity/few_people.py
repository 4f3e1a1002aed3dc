"""A few records at a time: whose they are, and what is asked about them."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Engine, text

from tests.identity.messy_people import link, make_id, person_of

BORN = date(1963, 7, 15)
HOME = {"phone": "16312345678", "address": "甲镇东岳村东塘组12号"}
ID = make_id(BORN, 123)
OTHER_ID = make_id(BORN, 125)
NEWBORN = {"person_name": "徐蓉之子", "id_number": ID, "born_on": date(2024, 11, 5)}


def persons(engine: Engine, rows: list[dict[str, object]]) -> list[str | None]:
    """Link some records; whose each of them is."""
    link(engine, rows)
    found = person_of(engine)
    return [found[str(made["record_key"])] for made in rows]


def tasks(engine: Engine) -> Counter[str]:
    """How many questions of each kind are open."""
    with engine.connect() as connection:
        return Counter(connection.scalars(text("select kind from identity.review_task")))
