"""A handful of people with every kind of question, and the page over them.

Id numbers are of region 999999, which no authority ever issued.
"""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Engine, text

from loaders.identity import ledger
from loaders.identity.reviews import task_id
from loaders.stewards import book
from tests.identity.messy_people import Row, load, make_id, row

FIRST_DAY = date(2025, 1, 6)
# A Wednesday: overlays and contested numbers of the first day are late by now.
TODAY = date(2025, 1, 15)
BORN = date(1972, 5, 14)
ADDRESS = "甲镇东岳村东塘组8号"
NUMBER, OTHER_NUMBER = make_id(BORN, 11), make_id(BORN, 35)
CHILD_BORN = date(2024, 11, 2)
WRONG_NUMBER = NUMBER[:9] + str((int(NUMBER[9]) + 1) % 10) + NUMBER[10:]

Tasks = list[tuple[str, str, str, float | None, str, dict[str, str | float]]]


class County:
    """Records, whose they are (`person`), and open questions."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.person: dict[str, str] = {}
        self.tasks: Tasks = []

    def add(self, person: str, system: str, native_id: str, **claims: object) -> str:
        """A record of a person; returns its key."""
        made = row(system, native_id, **({"first_delivery_on": FIRST_DAY} | claims))
        self.rows.append(made)
        self.person[made["record_key"]] = person
        return str(made["record_key"])

    def ask(
        self,
        kind: str,
        a: str,
        b: str,
        reason: str,
        probability: float | None = None,
        **evidence: str | float,
    ) -> str:
        """A question about two records; returns its number."""
        a, b = sorted((a, b))
        self.tasks.append((kind, a, b, probability, reason, evidence))
        return task_id(kind, a, b)

    def write(self, engine: Engine) -> None:
        """Make the warehouse hold these records, links and questions, and nothing else."""
        ledger.prepare(engine)
        book.prepare(engine)
        load(engine, self.rows)
        first: dict[str, str] = {}
        for key, person in self.person.items():
            first.setdefault(person, key)
        with engine.begin() as connection:
            for table in ("person_link", "person_ledger", "review_task"):
                connection.execute(text(f"truncate identity.{table}"))
            for made in self.rows:
                key = made["record_key"]
                person = self.person[key]
                connection.execute(
                    text(
                        "insert into identity.person_link values (:record_key,"
                        " :source_system, :source_table, :org_code, :native_id,"
                        " :native_part, :person_id, :method, :rule, 1, null,"
                        " :first_delivery_on, :is_contested)"
                    ),
                    made
                    | {
                        "person_id": person,
                        "method": "first" if first[person] == key else "deterministic",
                        "rule": "first_record" if first[person] == key else "same_id",
                        "is_contested": any(
                            key in task[1:3] for task in self.tasks
                            if task[0] == "contested_id"
                        ),
                    },
                )  # fmt: skip
            for person, key in first.items():
                connection.execute(
                    text(
                        "insert into identity.person_ledger values"
                        " (:person, :key, :day, 'active', null, 1, 1)"
                    ),
                    {"person": person, "key": key, "day": FIRST_DAY},
                )
            for kind, a, b, probability, reason, evidence in self.tasks:
                connection.execute(
                    text(
                        "insert into identity.review_task values"
                        " (:id, :kind, :a, :b, :p, :reason, :evidence, 'open', :day)"
                    ),
                    {"id": task_id(kind, a, b), "kind": kind, "a": a, "b": b,
                     "p": probability, "reason": reason, "evidence": json.dumps(evidence),
                     "day": FIRST_DAY},
                )  # fmt: skip


def person_id(number: int) -> str:
    """The id of a person of these tests."""
    return f"P{number:016d}"


def questions() -> tuple[County, dict[str, str]]:
    """The county and the numbers of its questions by kind."""
    county = County()
    man = dict(
        person_name="张建国", sex_code="1", born_on=BORN, phone="16351234567",
        address=ADDRESS,
    )  # fmt: skip
    hospital = county.add(person_id(1), "A", "100200", id_number=NUMBER, **man)
    county.add(
        person_id(1), "F", "9991000000000017", id_number=NUMBER,
        insurance_number="9991000000000017", person_name="张建国", born_on=BORN,
    )  # fmt: skip
    centre = county.add(person_id(2), "C", "300400", org_code="1", **man)
    contract = county.add(
        person_id(2), "E", "HT0001", **man | {"person_name": "張建國", "address": None}
    )
    other = county.add(person_id(3), "B", "500600", id_number=OTHER_NUMBER, **man)
    borrower = county.add(
        person_id(4), "C", "300401", org_code="1", person_name="李秀兰", sex_code="2",
        id_number=NUMBER, born_on=date(1969, 3, 8), address="乙镇西河村西冲组3号",
    )  # fmt: skip
    mother = county.add(
        person_id(5), "A", "100300", person_name="王春梅", sex_code="2",
        born_on=date(1996, 8, 1), id_number=make_id(date(1996, 8, 1), 22),
        address="丙镇南庄村南湾组12号", phone="16359876543",
    )  # fmt: skip
    child = county.add(
        person_id(6), "A", "100301", person_name="王春梅之子", sex_code="1",
        born_on=CHILD_BORN, id_number=None, address="丙镇南庄村南湾组12号",
    )  # fmt: skip
    card = county.add(
        person_id(7), "C", "300500", org_code="2", person_name="陈志强", sex_code="1",
        born_on=date(1958, 2, 20), phone="16350001111",
        named_since="2025-01-01|cards of the day|0000000004",
    )  # fmt: skip
    same_card = county.add(
        person_id(8), "D", "99900000000000001", person_name="陈文斌", sex_code="1",
        born_on=date(1984, 9, 3), phone="16350001111", address="丁镇龙井村井边组1号",
    )  # fmt: skip
    crowd = [
        county.add(
            person_id(9), "ACDE"[n % 4], f"70{n}", person_name="刘伟", sex_code="1",
            born_on=date(1980, 1 + n, 3), phone=f"1635000200{n}",
        )
        for n in range(6)
    ]  # fmt: skip
    levels = dict(
        name="exact", birth_date="exact", sex="same", id_number="missing",
        phone="shared", address="same_house",
    )  # fmt: skip
    numbers = {
        "possible_duplicate": county.ask(
            "possible_duplicate", hospital, centre, "not_certain_enough", 0.9992,
            **levels, weight=15.4,
        ),
        "two_numbers": county.ask(
            "possible_duplicate", hospital, other, "different_valid_numbers", 0.9931,
            **levels | {"id_number": "different"}, weight=7.2,
        ),
        "contested_id": county.ask(
            "contested_id", hospital, borrower, "two_people_one_number",
            name="different", birth_date="different", sex="different",
        ),
        "newborn": county.ask(
            "newborn", mother, child, "birth_date_unknown",
            name="newborn", birth_date="different", sex="different",
        ),
        "overlay": county.ask(
            "overlay", card, same_card, "one_person_to_the_system",
            name="surname", birth_date="different", sex="same",
        ),
        "too_large_cluster": county.ask(
            "too_large_cluster", crowd[0], crowd[5], "too_many_records",
        ),
    }  # fmt: skip
    county.add(
        person_id(2), "C", "300402", org_code="1", id_number=WRONG_NUMBER,
        **man | {"first_delivery_on": date(2025, 2, 3)},
    )  # fmt: skip
    county.add(
        person_id(10), "D", "99900000000000002", org_code="34",
        person_name="赵敏", sex_code="2", id_number="9.99999E+17", born_on=date(1990, 6, 6),
    )  # fmt: skip
    county.add(
        person_id(10), "D", "99900000000000003", org_code="34",
        person_name="赵敏", sex_code="2", id_number="111111111111111111",
    )  # fmt: skip
    return county, numbers | {"contract": contract}
