"""Newborns under their mothers, and the relatives that records name (layer 2_identity).

Handbook: chapters 3.A, 3.B and 3.D, and chapter 7 on newborns and cards.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.staging.named_rows import (
    CHILD_ID,
    HOSPITAL,
    MOTHER_ID,
    Row,
    identifiers,
    relations,
    sent,
)
from tests.staging.sent_rows import Deliveries


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
