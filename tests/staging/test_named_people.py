"""Records that name somebody, the numbers and the relatives in them (layer 2_identity).

Handbook: chapter 3 of each system, chapter 4, and chapter 7 on newborns and cards.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loaders.contracts.model import Contract, contract_of, load_contracts
from tests.staging.sent_rows import Deliveries

Row = dict[str, str | None]

HOSPITAL = "12999999MB000001A1"
CENTRE, CLINIC = "12999999MB000002B2", "12999999MB000003C3"
MOTHER_ID, CHILD_ID = "99999919900101002X", "999999202401190016"
CELLS = {"date": "2024-01-19", "datetime": "2024-01-19 10:00:00", "integer": "1"}

NAMING = [contract for contract in load_contracts() if contract.person]


@pytest.fixture
def people(deliveries: Deliveries) -> Deliveries:
    """Deliveries to a county whose hospital, centre and village clinic are known."""
    sent(
        deliveries,
        "H01",
        institution(HOSPITAL, "22A", None),
        institution(CENTRE, "22C", "1001"),
        institution(CLINIC, "22V", "100101"),
    )
    offices: list[Row] = [
        {"jgid": "1001", "sjjgid": None},
        {"jgid": "100101", "sjjgid": "1001"},
    ]
    sent(deliveries, "C13", *offices)
    deliveries.set_hospital("A", HOSPITAL)
    return deliveries


def institution(credit_code: str, code22: str, jgid: str | None) -> Row:
    return {"TYSHXYDM": credit_code, "JGDM22": code22, "JGID": jgid, "JGMC": "样院"}


def sent(people: Deliveries, feed: str, *rows: Row) -> None:
    """Deliver the rows of one feed and build its staging model."""
    is_full = contract_of(feed).delivery == "snapshot"
    people.file(feed, "2024-02-01", *rows, full=is_full)
    people.build(people.model_of(feed))


def identifiers(people: Deliveries, id_type: str) -> set[tuple[Any, ...]]:
    return {
        (row["assigner"], row["value_raw"], row["is_own"])
        for row in people.asked("idn_source_identifier")
        if row["id_type"] == id_type
    }


def relations(people: Deliveries) -> list[dict[str, Any]]:
    people.build("idn_source_person")
    return people.asked("idn_source_relation")


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


def stay(people: Deliveries, *charges: Row, status: str = "8") -> None:
    """A stay on the mother's card, with its charges."""
    sent(people, "A01", {"BRID": "5", "BRXM": "样甲", "SFZH": MOTHER_ID})
    sent(
        people,
        "A08",
        {"ZYH": "31", "BRID": "5", "CYPB": status, "RYRQ": "2024-01-18 23:00:00"},
    )
    sent(
        people,
        "A09",
        *(
            {"JLXH": f"{n}", "ZYH": "31", "FYMC": "护理", "FYSL": "1", **charge}
            for n, charge in enumerate(charges)
        ),
    )


def charge(newborn: str, amount: str, at: str = "2024-01-20 07:00:00") -> Row:
    return {"YEPB": newborn, "ZJJE": amount, "FYRQ": at}


def test_a_newborn_on_its_mothers_stay_is_a_record_of_its_own(people: Deliveries) -> None:
    stay(people, charge("0", "30"), charge("1", "12"), charge("1", "9"))
    newborn = {
        row["native_part"]: row
        for row in people.asked("idn_source_person")
        if row["source_table"] == "ZY_BRRY"
    }
    assert list(newborn) == ["newborn"]
    child = newborn["newborn"]
    assert (child["native_id"], child["org_code"]) == ("31", HOSPITAL)
    assert child["is_newborn_hint"]
    assert (child["person_name"], child["id_number"], child["born_on"]) == (None,) * 3
    (mother,) = relations(people)
    assert (mother["relation"], mother["record_key"]) == ("mother_of", child["record_key"])
    assert mother["other_record_key"] == f"A|MS_BRDA|{HOSPITAL}|5"
    window = (mother["child_born_from"], mother["child_born_until"])
    assert window == (date(2024, 1, 18), date(2024, 1, 20))


@pytest.mark.parametrize(
    ("charges", "status"),
    [
        ((charge("0", "30"),), "8"),
        # Taken back: somebody had ticked the wrong box.
        ((charge("1", "12"), charge("1", "-12")), "8"),
        # Registered and cancelled, never an admission.
        ((charge("1", "12"),), "99"),
    ],
)
def test_no_newborn_where_nothing_is_left_of_it(
    people: Deliveries, charges: tuple[Row, ...], status: str
) -> None:
    stay(people, *charges, status=status)
    tables = [row["source_table"] for row in people.asked("idn_source_person")]
    assert tables == ["MS_BRDA"]


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


def visit_to_newborn(**cells: str | None) -> Row:
    return {
        "visitId": "XS1",
        "personName": "样甲之子",
        "pregnantId": "YF1",
        "motherName": "样甲",
        "motherCardNo": MOTHER_ID,
        "certificateNo": "Q990000001",
        "birthday": "2024-01-19",
        "birthOrder": "2",
        "visitDate": "2024-01-26",
        "manaUnitId": "991525100",
        **cells,
    }


@pytest.mark.parametrize(
    ("name", "number", "is_own"),
    [
        ("样甲之子", MOTHER_ID, False),
        # The mother's, damaged by a sheet: the name still says whose child it is.
        ("样甲之女(小)", "9.99999E+17", False),
        ("样小甲", MOTHER_ID.lower(), False),
        ("样小甲", CHILD_ID, True),
    ],
)
def test_a_mothers_number_is_not_her_newborns(
    people: Deliveries, name: str, number: str, is_own: bool
) -> None:
    sent(people, "D15", visit_to_newborn(personName=name, idCard=number))
    found = identifiers(people, "resident_id")
    assert ("", MOTHER_ID, False) in found
    assert ("", number, is_own) in found
    assert ("", number, not is_own) not in found


def test_a_visit_to_a_newborn_says_who_the_mother_is(people: Deliveries) -> None:
    pregnancy = {"pregnantId": "YF1", "personName": "样甲", "empiId": "E1"}
    delivery = {"deliveryDate": "2024-01-19", "liveBirths": "2"}
    sent(people, "D12", {**pregnancy, **delivery, "bookDate": "2023-06-01"})
    sent(people, "D15", visit_to_newborn(idCard=None))
    child = people.staged("idn_source_person")[0]
    assert (child["source_table"], child["birth_order"]) == ("MHC_BabyVisit", 2)
    assert child["birth_certificate_no"] == "Q990000001"
    assert child["reference_key"] is None
    found = {row["relation"]: row for row in relations(people)}
    mother, birth = found["mother_of"], found["gave_birth"]
    assert (birth["child_born_on"], birth["live_births"]) == (date(2024, 1, 19), 2)
    assert birth["record_key"] == mother["other_record_key"]
    assert (mother["other_name"], mother["other_id_number"]) == ("样甲", MOTHER_ID)
    assert mother["live_births"] == 2
    assert mother["other_record_key"] == "D|MHC_PregnantRecord||YF1"
    assert mother["other_health_index_id"] == "E1"
    assert (mother["birth_order"], mother["child_born_on"]) == (2, date(2024, 1, 19))


def test_a_newborns_card_says_it_by_the_name(people: Deliveries) -> None:
    newborn = {"jgid": "1001", "brid": "9", "csny": "2024-01-19"}
    sent(people, "C01", {**newborn, "brxm": "样甲之女", "sfzh": MOTHER_ID})
    (mother,) = relations(people)
    assert (mother["relation"], mother["other_name"]) == ("mother_of", "样甲")
    assert mother["other_id_number"] == MOTHER_ID


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


def test_a_household_hangs_on_its_head(people: Deliveries) -> None:
    archives: list[Row] = [
        {"phrId": number, "personName": "样甲", "familyId": home, "masterFlag": head}
        for number, home, head in (
            ("1", "HH1", "N"),
            ("2", "HH1", "Y"),
            ("3", "HH1", None),
            ("4", "HH2", "N"),
            ("5", "HH2", "N"),
            ("6", None, "Y"),
        )
    ]
    sent(people, "D01", *archives)
    found = {
        row["record_key"][-1]: row["other_record_key"][-1] for row in relations(people)
    }
    assert found == {"1": "2", "3": "2", "5": "4"}


def test_a_parent_and_a_signer_are_named_beside(people: Deliveries) -> None:
    report = {"reportId": "CR1", "patientName": "样小甲", "parentName": "样甲"}
    sent(people, "D19", {**report, "reportTime": "2024-03-05 20:00"})
    contracts: list[Row] = [
        {"SCID": "1", "favoreeName": "样乙", "SecondParty": "样甲"},
        {"SCID": "2", "favoreeName": "样甲", "SecondParty": "样甲"},
    ]
    sent(people, "E02", *contracts)
    found = {
        (row["record_key"], row["relation"]): row["other_name"] for row in relations(people)
    }
    assert found == {
        ("D|IDR_Report||CR1", "guardian_of"): "样甲",
        ("E|SCM_SignContractRecord||1", "household"): "样甲",
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


@pytest.mark.parametrize(
    ("age", "is_newborn"),
    [("3天", True), ("28日", True), ("12小时", True), ("29天", False), ("3月", False),
     ("3岁", False), (None, False)],
)  # fmt: skip
def test_an_age_in_days_is_that_of_a_newborn(
    people: Deliveries, age: str | None, is_newborn: bool
) -> None:
    sent(people, "A12", {"SAMPLENO": "1", "BRXM": "样甲", "AGE": age})
    (sample,) = people.asked("idn_source_person")
    assert sample["is_newborn_hint"] is is_newborn


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
