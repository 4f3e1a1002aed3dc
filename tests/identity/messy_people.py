"""Synthetic person records with the county's kinds of mess, and the truth about them.

Id numbers are of region 999999, which no authority ever issued.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, text

from loaders.identity.id_number import check_character, is_valid
from loaders.identity.link import LinkSummary, link_people

COLUMNS = (
    "record_key", "source_system", "source_table", "org_code", "native_id", "native_part",
    "first_delivery_on", "named_since", "person_name", "id_number", "id_type_code",
    "sex_code", "born_on", "ethnicity_code", "phone", "address", "town_code",
    "health_index_id", "archive_id", "insurance_number", "household_id", "reference_key",
    "birth_certificate_no", "vaccination_code", "social_card_no", "card_no",
    "medical_record_no", "set_aside_because",
)  # fmt: skip
# What the linking step writes.
LINKING_TABLES = (
    "person_link", "person_ledger", "review_task", "link_run", "person_link_history",
    "person_change", "person_event",
)  # fmt: skip
DATES = {"first_delivery_on", "born_on"}
FIRST_DAY = date(2025, 1, 1)

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰春梅红建国志文斌博宇浩然子轩诗涵雨"
HOMOPHONES = str.maketrans(
    "芳娜敏静丽伟强军杰明平英华玉兰志文博宇浩佳",
    "方纳闵靖莉炜墙君洁鸣萍瑛骅钰蓝智闻搏雨皓家",
)
TRADITIONAL = str.maketrans(
    "张刘陈杨黄马罗郑谢韩邓伟丽强军洋艳杰涛华兰红国斌诗",
    "張劉陳楊黃馬羅鄭謝韓鄧偉麗強軍洋艷傑濤華蘭紅國斌詩",
)
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"}
TOWNS = [(f"{name}镇", f"9999991{i:02d}") for i, name in enumerate("甲乙丙丁戊己庚辛")]
VILLAGES = ["东岳村", "西河村", "南庄村", "北院社区", "龙井村"]
TABLES = {
    "A": "MS_BRDA",
    "B": "TB_YL_PATIENT_INFORMATION",
    "C": "ms_brda",
    "D": "EHR_HealthRecord",
    "E": "SCM_SignContractRecord",
    "F": "PSN_INSU_D",
}
SOURCES = [*TABLES.items(), ("C", "ms_brda")]

Row = dict[str, Any]


def make_id(born_on: date, sequence: int) -> str:
    """A number that passes its check, of a region that does not exist."""
    body = f"999999{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def row(system: str, native_id: str, **claims: Any) -> Row:
    """One record of `identity.source_person`; what is not said is null."""
    made: Row = dict.fromkeys(COLUMNS)
    made |= {
        "source_system": system,
        "source_table": TABLES[system],
        "org_code": "",
        "native_id": native_id,
        "native_part": "",
        "first_delivery_on": FIRST_DAY,
    }
    made |= claims
    made["id_type_code"] = made["id_type_code"] or (
        "id_card" if made["id_number"] else None
    )
    keys = ("source_system", "source_table", "org_code", "native_id", "native_part")
    made["record_key"] = "|".join(made[key] for key in keys)
    return made


def load(engine: Engine, rows: list[Row]) -> None:
    """Make `identity.source_person` hold exactly these rows, by making it anew."""
    with engine.begin() as connection:
        connection.execute(text("drop table if exists identity.source_person"))
        _put(connection, "identity.source_person", "table", rows)


def bring(engine: Engine, rows: list[Row]) -> None:
    """The same as a day does: what has not changed stays where it is."""
    with engine.begin() as connection:
        _put(connection, "said", "temporary table", rows)
        for statement in (
            "delete from identity.source_person as known where not exists"
            " (select from said where said::text = known::text)",
            "insert into identity.source_person"
            " table said except all table identity.source_person",
            "drop table said",
        ):
            connection.execute(text(statement))


def _put(connection: Connection, table: str, kind: str, rows: list[Row]) -> None:
    columns = ", ".join(f"{name} {'date' if name in DATES else 'text'}" for name in COLUMNS)
    connection.execute(text(f"create {kind} {table} ({columns})"))
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
        for made in rows:
            copy.write_row([made[name] for name in COLUMNS])


def link(engine: Engine, rows: list[Row], run_id: int = 1) -> LinkSummary:
    """Load rows and link them."""
    load(engine, rows)
    return link_people(engine, run_id, lambda line: None)


def tell(engine: Engine, facts: list[tuple[object, ...]]) -> None:
    """Let exactly these facts be told: record, fact, institution, from, until, value."""
    with engine.begin() as connection:
        connection.execute(text("truncate identity.source_fact"))
        driver = connection.connection.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy("copy identity.source_fact from stdin") as copy,
        ):
            for fact in facts:
                copy.write_row(fact)


def forget_everybody(connection: Connection) -> None:
    """Empty the tables of links and their history, as if nobody had ever been linked."""
    tables = ", ".join(f"identity.{table}" for table in LINKING_TABLES)
    connection.execute(text(f"truncate {tables} restart identity"))


def decide(engine: Engine, said: list[tuple[str, str, str]]) -> None:
    """Let exactly these decisions be in force: two records, same or different."""
    with engine.begin() as connection:
        connection.execute(text("truncate identity.active_decision"))
        for a, b, verdict in said:
            connection.execute(
                text("insert into identity.active_decision values (:a, :b, :verdict)"),
                {"a": a, "b": b, "verdict": verdict},
            )


def person_of(engine: Engine) -> dict[str, str | None]:
    """The person of every record."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("select record_key, person_id from identity.person_link")
        )
        return {record_key: person_id for record_key, person_id in rows}


def dump(engine: Engine, table: str) -> list[tuple[Any, ...]]:
    """A whole table, in the order of its first column."""
    with engine.connect() as connection:
        return [
            tuple(r)
            for r in connection.execute(text(f"select * from identity.{table} order by 1"))
        ]


class MessyCounty:
    """People with several records each; `truth` says whose each record is."""

    def __init__(self, people: int, seed: int, records_each: int = 5) -> None:
        self.random = Random(seed)
        self.rows: list[Row] = []
        self.truth: dict[str, int] = {}
        self.twins: list[tuple[int, int]] = []
        self._numbers: set[str] = set()
        self._sequence = 0
        self._person = 0
        self._records_each = records_each
        while self._person < people:
            self._household()

    def _household(self) -> None:
        town, code = self.random.choice(TOWNS)
        village = self.random.choice(VILLAGES)
        home = {
            "surname": self.random.choice(SURNAMES),
            "town_code": code,
            "address": f"{town}{village}东塘组{self.random.randint(1, 90)}号",
            "phone": f"163{self.random.randint(0, 99999999):08d}",
            "household_id": f"HH{self._person:06d}",
        }
        for _ in range(self.random.randint(1, 4)):
            person = self._one(home, self._birth(), self.random.choice("12"))
            kind = self.random.random()
            if kind < 0.03:
                twin = self._one(
                    home, person["born_on"], person["sex_code"], person["given"]
                )
                self.twins.append((person["number"], twin["number"]))
            elif kind < 0.05:
                # A stranger: same name, sex and birthday, elsewhere.
                there, born_on = {**home, **self._elsewhere()}, person["born_on"]
                self._one(there, born_on, person["sex_code"], same_name=person["name"])

    def _elsewhere(self) -> Row:
        town, code = self.random.choice(TOWNS)
        return {
            "town_code": code,
            "address": f"{town}{self.random.choice(VILLAGES)}西冲组{self._person}号",
            "phone": f"164{self.random.randint(0, 99999999):08d}",
            "household_id": f"HX{self._person:06d}",
        }

    def _birth(self) -> date:
        return date(1935, 1, 2) + timedelta(self.random.randint(0, 32500))

    def _one(
        self, home: Row, born_on: date, sex: str, twin_given: str = "", same_name: str = ""
    ) -> Row:
        random = self.random
        given = "".join(random.sample(GIVEN, random.choice((1, 2, 2))))
        if twin_given:
            given = twin_given[:-1] + random.choice(
                [c for c in GIVEN if c not in twin_given]
            )
        self._person += 1
        # The second of twins is registered right after the first.
        self._sequence = self._sequence + 1 if twin_given else random.randrange(490)
        number = self._unused_id(born_on, sex)
        person = {
            "number": self._person,
            "given": given,
            "name": same_name or home["surname"] + given,
            "born_on": born_on,
            "sex_code": sex,
            "id_number": number,
            "insurance_number": f"9991{self._person:012d}",
            "health_index_id": f"E{self._person:09d}",
        }
        for _ in range(random.randint(2, self._records_each * 2 - 2)):
            self._record(home, person)
        return person

    def _unused_id(self, born_on: date, sex: str) -> str:
        while True:
            sequence = self._sequence % 499 * 2 + (1 if sex == "1" else 2)
            number = make_id(born_on, sequence)
            if number not in self._numbers:
                self._numbers.add(number)
                return number
            self._sequence += 1

    def _record(self, home: Row, person: Row) -> None:
        random = self.random
        system, table = random.choice(SOURCES)
        phone = random.random()
        made = row(
            system,
            f"{len(self.rows):07d}",
            source_table=table,
            org_code=random.choice("12") if system == "C" else "",
            first_delivery_on=FIRST_DAY + timedelta(random.choice((0, 0, 0, 1, 2, 3))),
            person_name=self._name(person["name"]),
            id_number=self._id(person["id_number"]),
            sex_code=person["sex_code"] if random.random() > 0.005 else random.choice("12"),
            born_on=self._born(person["born_on"]),
            phone=None if phone < 0.1 else "13800000000" if phone < 0.15
            else f"165{random.randint(0, 99999999):08d}" if phone < 0.25 else home["phone"],
            address=random.choice(("同上", "本村", None)) if random.random() < 0.1
            else home["address"],
            town_code=home["town_code"] if system in "DF" else None,
            household_id=home["household_id"] if system == "D" else None,
            insurance_number=person["insurance_number"]
            if system == "F" or (system in "ABC" and random.random() < 0.4) else None,
            health_index_id=person["health_index_id"]
            if system == "D" or (system in "ACE" and random.random() < 0.3) else None,
        )  # fmt: skip
        self.rows.append(made)
        self.truth[made["record_key"]] = person["number"]

    def _name(self, name: str) -> str:
        random = self.random
        kind, i = random.random(), random.randrange(1, len(name))
        if kind < 0.03:
            return name[:i] + name[i].translate(HOMOPHONES) + name[i + 1 :]
        if kind < 0.06:
            return name.translate(TRADITIONAL)
        if kind < 0.075 and len(name) > 2:
            return name[:i] + random.choice("?□*〓") + name[i + 1 :]
        if kind < 0.10:
            return name[:1] + random.choice((" ", "\u3000")) + name[1:]
        if kind < 0.12:
            return name + random.choice(("（新）", "1", "(新)"))
        return name

    def _id(self, number: str) -> str | None:
        random, kind = self.random, self.random.random()
        if kind < 0.12:
            return None
        if kind < 0.16:
            i = random.randrange(6, 17)
            wrong = (
                number[:i]
                + str((int(number[i]) + random.randint(1, 9)) % 10)
                + number[i + 1 :]
            )
            assert not is_valid(wrong)
            return wrong
        if kind < 0.19 and number[6:8] == "19":
            return number[:6] + number[8:17]
        damages = (
            number.lower(), f"'{number}", f'="{number}"', f"{number}\u200b\xa0",
            number.translate(FULL_WIDTH), "9.99999E+17", number[:15] + "000", "无",
            "111111111111111111", "999999190001010000",
        )  # fmt: skip
        return random.choice(damages) if kind < 0.27 else number

    def _born(self, born_on: date) -> date:
        kind = self.random.random()
        if kind < 0.01 and born_on.day <= 12:
            return born_on.replace(month=born_on.day, day=born_on.month)
        if kind < 0.02:
            return born_on.replace(month=1, day=1)
        if kind < 0.03:
            return born_on.replace(year=born_on.year - 1, day=min(born_on.day, 28))
        if kind < 0.035:
            return born_on - timedelta(self.random.randint(25, 45))
        return born_on
