"""One life with everything that a page or a terminal tells of one."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.indicators.books import HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

WHO = "who is shown"
NAME, NUMBER, PHONE_NUMBER = "钱守仁", "999999195405140118", "16351234567"
ADDRESS, BIRTHDAY = "甲镇东岳村东塘组8号", "1954-05-14"


def describe_situation(s: Situation) -> None:
    """Once, whichever of the test files that need it are run."""
    if WHO in s.people:
        return
    s.person(WHO, born=BIRTHDAY)
    s.person("somebody without a number")
    s.hypertension("care of whom", WHO, "2020-03-01")
    for day, pressure in (("2024-01-20", "152/84"), ("2024-04-10", "138/78")):
        s.follow_up(WHO, day, pressure)
    s.exam(WHO, "2024-03-03")
    s.contract("contract of whom", WHO, "2023-05-01", "2024-05-01")
    s.visit_c("seen by whom", WHO, "2024-02-10", pressure="146/88", said="慢性胃炎")
    s.sample_a(
        "tested of whom",
        WHO,
        day="2024-06-02",
        panel="SH",
        results=(("CREA", "1.2", "mg/dL", "106.1", "umol/L"),
                 ("GLU", "6.4", "mmol/L", "6.4", "mmol/L"),
                 ("XYZ", "5", "", "5", "")),
        references={"CREA": ("44", "106"), "GLU": ("3.9", "6.1")},
        findings={"PRO": ("1+", "positive_1")},
    )  # fmt: skip
    s.form("D02", "examined of whom", WHO, examined_on="2024-03-03", creatinine=90)
    s.image_a("heart of whom", WHO, asked_by=HOSPITAL, card_of=("A", HOSPITAL),
              concluded="窦性心动过缓")  # fmt: skip
    s.visit_c("given back by whom", WHO, "2024-02-20", invoices="void")
    s.stay_a("stay of whom", WHO, "2024-06-01", "2024-06-09")
    for medicine in ("苯磺酸氨氯地平片", "阿托伐他汀钙片"):
        s.medicine_c(medicine, "seen by whom", 2, 980)
    s.person("who has a cold")
    s.visit_a("asked by whom", "who has a cold", "2024-05-05")
    s.diagnosis_a("asked by whom", "J06.900", rank=0)
    s.diagnosis_words("named of whom", "asked by whom", "急性上呼吸道感染", "J06.900")


@pytest.fixture(scope="module")
def whom(counted: Counted) -> str:
    """The person id; the person has a name, a number, a phone, an address."""
    person_id = counted.situation.people[WHO]
    with counted.engine.begin() as connection:
        connection.execute(
            text(
                """
                update identity.source_person as source
                set person_name = :name, id_number = :number, phone = :phone,
                    address = :address, source_system = 'D', source_table = 'Somewhere',
                    org_code = '', native_id = :native, native_part = '',
                    first_delivery_on = '2025-01-06'
                from identity.person_link as link
                where link.record_key = source.record_key and link.person_id = :person
                """
            ),
            {"name": NAME, "number": NUMBER, "phone": PHONE_NUMBER, "address": ADDRESS,
             "native": "SYN-7788990011", "person": person_id},
        )  # fmt: skip
        connection.execute(
            text(
                """
                update identity.source_person as source set id_number = '不详'
                from identity.person_link as link
                where link.record_key = source.record_key and link.person_id = :person
                """
            ),
            {"person": counted.situation.people["somebody without a number"]},
        )
    return person_id
