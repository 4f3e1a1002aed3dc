"""Records that name somebody, and the numbers in them (layer 2_identity).

Handbook: chapter 3 of each system, and chapter 4.
"""

from __future__ import annotations

from datetime import date

import pytest

from loaders.contracts.model import Contract, load_contracts
from tests.staging.named_rows import (
    CENTRE,
    CLINIC,
    HOSPITAL,
    MOTHER_ID,
    Row,
    identifiers,
    relations,
    sent,
)
from tests.staging.sent_rows import Deliveries

CELLS = {"date": "2024-01-19", "datetime": "2024-01-19 10:00:00", "integer": "1"}

NAMING = [contract for contract in load_contracts() if contract.person]


@pytest.mark.parametrize("contract", NAMING, ids=lambda contract: contract.feed)
def test_every_feed_that_names_people_is_asked(
    people: Deliveries, contract: Contract
) -> None:
    """One row of the feed is one record, addressed as the contract says."""
    assert contract.person
    row: Row = {column.name: CELLS.get(column.type) for column in contract.columns}
    row |= {name: "7" for name in contract.key if not name.startswith("_")}
    name = next(c.name for c in contract.columns if c.standard == "person_name")
    row |= {name: "样甲", contract.person.native_id: "4711"}
    row |= {
        part: CELLS["date"] if contract.column(part).type == "date" else "8"
        for part in contract.person.native_part
    }
    if contract.person.org_column:
        row[contract.person.org_column] = "991525100"
    sent(people, contract.feed, row)
    (record,) = people.asked("idn_source_person")
    assert (record["source_system"], record["source_table"]) == (
        contract.system,
        contract.table,
    )
    assert (record["native_id"], record["person_name"]) == ("4711", "样甲")
    parts = [str(row[part]) for part in contract.person.native_part]
    assert record["native_part"] == "+".join(parts)
    org = HOSPITAL if contract.person.org_from_system else ""
    assert record["org_code"] == ("991525100" if contract.person.org_column else org)
    assert record["set_aside_because"] is None


def test_no_feed_names_patients_without_saying_how_they_are_addressed() -> None:
    """Staff are named as staff (E01, E04, H02, H03): they are nobody's patient record."""
    naming = {
        contract.feed
        for contract in load_contracts()
        if any(column.standard == "person_name" for column in contract.columns)
    }
    assert naming == {contract.feed for contract in NAMING}


@pytest.mark.parametrize(
    ("applying", "card_no"), [(HOSPITAL, "5"), (CENTRE, None), (CLINIC, None)]
)
def test_a_report_names_the_card_of_the_applying_institution(
    people: Deliveries, applying: str, card_no: str | None
) -> None:
    sent(people, "A01", {"BRID": "5", "BRXM": "样甲"})
    sent(people, "C01", {"jgid": "1001", "brid": "5", "brxm": "样乙"})
    sent(people, "A14", {"BGDH": "BG1", "BRID": "5", "BRXM": "样丙", "SQJG": applying})
    (report,) = (
        row
        for row in people.asked("idn_source_person")
        if row["source_table"] == "PACS_BGJG"
    )
    here = applying == HOSPITAL
    card = f"A|MS_BRDA|{HOSPITAL}|5" if here else "C|ms_brda|1001|5"
    assert (report["reference_key"], report["card_no"]) == (card, card_no)
    given_by = {assigner for assigner, _, _ in identifiers(people, "patient_card")}
    assert given_by == {HOSPITAL, "1001"}


def test_a_number_on_two_cards_names_neither(people: Deliveries) -> None:
    cards: list[Row] = [
        {"YLJGDM": "22B", "KH": "T1", "KLX": kind, "XM": "样甲"} for kind in ("01", "04")
    ]
    sent(people, "B01", *cards)
    sent(people, "B10", {"YLJGDM": "22B", "BGDH": "YB1", "KH": "T1", "HZXM": "样甲"})
    found = {row["source_table"]: row for row in people.asked("idn_source_person")}
    assert found["TB_LIS_REPORT"]["reference_key"] is None
    assert identifiers(people, "health_card") == {("", "T1", True)}


def test_children_are_known_by_the_number_of_their_card(people: Deliveries) -> None:
    card = {"cardId": "EB1", "createDate": "2024-02-01", "manaUnitId": "991525100"}
    sent(people, "D16", {**card, "personName": "样小甲", "motherName": "样甲"})
    exam = {"checkId": "ET1", "cardId": "EB1", "checkDate": "2024-04-19"}
    sent(people, "D17", {**exam, "personName": "样小甲"})
    doses: list[Row] = [
        {
            "受种者编码": number,
            "姓名": "样小甲",
            "疫苗代码": "0201",
            "剂次": "1",
            "接种日期": "2024-01-19",
            "录入日期": "2024-01-20",
        }
        for number in ("EB1", "SZ1")
    ]
    sent(people, "D18", *doses)
    found = {
        (row["source_table"], row["vaccination_code"]): row["reference_key"]
        for row in people.asked("idn_source_person")
    }
    master = "D|CDH_HealthCard||EB1"
    assert found == {
        ("CDH_HealthCard", "EB1"): None,
        ("CDH_Checkup", "EB1"): master,
        ("PIV_VaccinateRecord", "EB1"): master,
        ("PIV_VaccinateRecord", "SZ1"): None,
    }


def test_mothers_without_archive_are_known_by_the_pregnancy(people: Deliveries) -> None:
    sent(people, "D01", {"phrId": "1", "personName": "样甲"})
    sent(people, "D12", {"pregnantId": "YF1", "personName": "样乙"})
    visits: list[Row] = [
        {
            "visitId": number,
            "pregnantId": "YF1",
            "phrId": archive,
            "personName": "样乙",
            "visitDate": "2024-03-05",
        }
        for number, archive in (("1", "1"), ("2", None))
    ]
    sent(people, "D13", *visits)
    found = {
        row["native_id"]: row["reference_key"]
        for row in people.asked("idn_source_person")
        if row["source_table"] == "MHC_VisitRecord"
    }
    assert found == {"1": "D|EHR_HealthRecord||1", "2": "D|MHC_PregnantRecord||YF1"}


def test_deaths_are_said_with_their_day(people: Deliveries) -> None:
    sent(people, "D20", {"cardId": "1", "deadName": "样甲", "deadDate": "2024-03-05"})
    pages: list[Row] = [
        {"BAH": "1", "ZYCS": "1", "CYSJ": day, "XM": "样甲", "LYFS": way}
        for day, way in (("2024-03-05", "5"), ("2024-02-05", "1"))
    ]
    sent(people, "A11", *pages)
    found = {
        (row["source_table"], row["native_part"]): row["died_on"]
        for row in people.asked("idn_source_person")
    }
    assert found == {
        ("DEA_DeathReportCard", ""): date(2024, 3, 5),
        ("BASY", "1+2024-03-05"): date(2024, 3, 5),
        ("BASY", "1+2024-02-05"): None,
    }


def test_a_social_card_is_no_identity_number(people: Deliveries) -> None:
    insured: Row = {"PSN_NO": "1", "YEAR": "2024", "PSN_NAME": "样甲"}
    sent(people, "F01", {**insured, "PSN_CERT_TYPE": "90", "CERTNO": "K1234567"})
    assert identifiers(people, "social_card") == {("", "K1234567", True)}
    assert identifiers(people, "resident_id") == set()
    assert identifiers(people, "insurance_number") == {("F", "1", True)}


def test_a_number_is_known_from_its_first_to_its_last_delivery(people: Deliveries) -> None:
    card: Row = {"BRID": "5", "BRXM": "样甲", "LXDH": "16900000000", "XGSJ": "2024-01-01"}
    for day in ("2024-02-01", "2024-02-02", "2024-02-05"):
        people.file("A01", day, card)
    people.build("stg_a__ms_brda")
    (phone,) = (
        row for row in people.asked("idn_source_identifier") if row["id_type"] == "phone"
    )
    seen = (phone["first_delivery_on"], phone["last_delivery_on"])
    assert seen == (date(2024, 2, 1), date(2024, 2, 5))


def test_test_rows_name_nobody(people: Deliveries) -> None:
    sent(people, "C01", {"jgid": "1", "brid": "1", "brxm": "测试之子", "sfzh": MOTHER_ID})
    (row,) = people.asked("idn_source_person")
    assert row["set_aside_because"] == "test_row"
    assert people.asked("idn_source_identifier") == []
    assert relations(people) == []


def test_a_sex_that_no_list_knows_says_nothing(people: Deliveries) -> None:
    sent(people, "B12", {"YLJGDM": "22B", "BGDH": "1", "HZXM": "样甲", "XB": "7"})
    (row,) = people.asked("idn_source_person")
    assert row["sex_code"] is None
