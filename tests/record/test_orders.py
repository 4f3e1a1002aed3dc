"""What was ordered: medicines, tests and images, and what the words of a diagnosis say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.indicators.books import CENTRE, CLINIC, HOSPITAL, NOBODYS_CARD, TCM_HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """Orders for one person, at the hospital, the centre and its clinic."""
    s.person("ordered for")
    s.visit_a("ordering visit", "ordered for", "2022-03-01")
    s.visit_a("ordering emergency", "ordered for", "2022-03-02", kind="2")
    s.visit_a("ordering check", "ordered for", "2022-03-03", kind="5")
    s.visit_a("ordering new kind", "ordered for", "2022-03-04", kind="77")
    s.visit_a("ordering stranger", None, "2022-03-05", card=NOBODYS_CARD)
    s.visit_c("centre visit", "ordered for", "2022-03-06")
    s.stay_a("tested stay", "ordered for", "2022-03-03", "2022-03-09")
    s.numbered_stay("tested stay", "R2", "202400002")
    s.prescription_a("herbs", "ordering visit", lines={"root": (15, 18)}, doses=7)
    s.prescription_a(
        "order taken back", "ordering visit", lines={"pills": (2, 980)}, void=True
    )
    s.medicine_c("centre pills", "centre visit", 3, 1250)
    glucose = ("GLU", "126", "mg/dL", "7.0000", "mmol/L")
    s.sample_a("visit sample", "ordered for", visit="ordering visit", results=(glucose,))
    s.sample_a("stay sample", "ordered for", printed_stay="202400002", withdrawn=True)
    s.sample_a("orphan sample", "ordered for", printed_stay="never came")
    s.sample_a(
        "recognised sample", "ordered for", visit="ordering visit", recognised=TCM_HOSPITAL
    )
    s.image_a("own image", "ordered for", asked_by=HOSPITAL, card_of=("A", HOSPITAL))
    s.image_a("clinic image", "ordered for", asked_by=CLINIC, card_of=("C", "1001"))
    s.image_a(
        "revised image",
        "ordered for",
        asked_by=CLINIC,
        card_of=("C", "1001"),
        revises="clinic image",
    )
    s.image_a(
        "void image", "ordered for", asked_by=CENTRE, card_of=("C", "1001"), status="9"
    )
    s.image_a(
        "only reading",
        "ordered for",
        asked_by=CENTRE,
        card_of=("C", "1001"),
        revises="void image",
    )
    s.image_a(
        "first look", "ordered for", asked_by=CENTRE, card_of=("C", "1001"), status="1"
    )
    for words, code in (
        ("急性胃肠炎", "A09.900x001"),
        ("？急性胃肠炎待排", "A09.900x001"),
        ("否认高血压", None),
        ("two in a cell", "I10.x00x002"),
    ):
        s.diagnosis_words(f"said {words}", "ordering visit", words, code)


@pytest.mark.parametrize(
    ("visit", "kind"),
    [
        ("ordering visit", "ambulatory"),
        ("ordering emergency", "emergency"),
        ("ordering check", "health_check"),
        ("ordering new kind", None),
        ("tested stay", "inpatient"),
    ],
)
def test_the_class_of_an_encounter(counted: Counted, visit: str, kind: str | None) -> None:
    assert counted.encounter(visit).encounter_class == kind


def test_what_was_done_for_somebody_unknown_is_kept(counted: Counted) -> None:
    (found,) = counted.rows(
        "select person_id, net_fee_fen, institution_code from record.charge"
        " where encounter_id = :id",
        id=counted.situation.ids["ordering stranger"],
    )
    assert tuple(found) == (None, 1000, HOSPITAL)


@pytest.mark.parametrize(
    ("medicine", "visit", "total", "fen", "because"),
    [
        # 15 g a dose, seven doses, 18 fen a gram.
        ("root", "ordering visit", 105, 1890, None),
        ("pills", "ordering visit", 2, 0, "void"),
        ("centre pills", "centre visit", 3, 3750, None),
    ],
)
def test_medicines(
    counted: Counted, medicine: str, visit: str, total: int, fen: int, because: str | None
) -> None:
    (found,) = counted.rows(
        "select encounter_id, person_id, total_quantity, net_fee_fen, not_counted_because"
        " from record.prescription_item where event_id = :id",
        id=counted.situation.ids[medicine],
    )
    assert tuple(found) == (
        counted.situation.ids[visit],
        counted.situation.people["ordered for"],
        Decimal(total),
        fen,
        because,
    )


def test_dispensing_is_known_where_the_hospital_says_it(counted: Counted) -> None:
    said = {
        name: counted.rows(
            "select is_dispensed, has_returned_drugs from record.prescription_item"
            " where event_id = :id",
            id=counted.situation.ids[name],
        )[0]
        for name in ("root", "pills", "centre pills")
    }
    assert {name: tuple(row) for name, row in said.items()} == {
        "root": (True, False),
        "pills": (False, True),
        "centre pills": (None, None),
    }


@pytest.mark.parametrize(
    ("sample", "encounter", "because", "day"),
    [
        ("visit sample", "ordering visit", None, "2022-03-05"),
        ("stay sample", "tested stay", "withdrawn", "2022-03-05"),
        ("orphan sample", None, None, "2022-03-05"),
        ("recognised sample", "ordering visit", None, "2022-03-04"),
    ],
)
def test_a_sample_finds_its_encounter_and_its_person(
    counted: Counted, sample: str, encounter: str | None, because: str | None, day: str
) -> None:
    (found,) = counted.rows(
        "select encounter_id, person_id, not_counted_because, reported_on::text"
        " from record.lab_report where event_id = :id",
        id=counted.situation.ids[sample],
    )
    assert tuple(found) == (
        counted.situation.ids[encounter] if encounter else None,
        counted.situation.people["ordered for"],
        because,
        day,
    )


def test_a_recognised_result_says_whose_it_is(counted: Counted) -> None:
    (found,) = counted.rows(
        "select recognition_code, recognised_institution_code from record.lab_report"
        " where event_id = :id",
        id=counted.situation.ids["recognised sample"],
    )
    assert tuple(found) == ("1", TCM_HOSPITAL)


def test_a_result_stands_as_sent_and_in_the_usual_unit(counted: Counted) -> None:
    (found,) = counted.rows(
        "select result_text, unit, standard_number, standard_unit, encounter_id, person_id"
        " from record.lab_result where report_id = :id",
        id=counted.situation.ids["visit sample"],
    )
    assert tuple(found) == (
        "126",
        "mg/dL",
        Decimal(7),
        "mmol/L",
        counted.situation.ids["ordering visit"],
        counted.situation.people["ordered for"],
    )


@pytest.mark.parametrize(
    ("image", "asked_by", "is_remote", "because"),
    [
        ("own image", HOSPITAL, False, None),
        ("clinic image", CLINIC, True, None),
        ("revised image", CLINIC, True, "revision"),
        ("void image", CENTRE, True, "void"),
        ("only reading", CENTRE, True, None),
        ("first look", CENTRE, True, "not_final"),
    ],
)
def test_an_image_says_who_asked_and_who_read(
    counted: Counted, image: str, asked_by: str, is_remote: bool, because: str | None
) -> None:
    (found,) = counted.rows(
        "select institution_code, reading_institution_code, is_remote,"
        " not_counted_because, person_id from record.imaging_report where event_id = :id",
        id=counted.situation.ids[image],
    )
    assert tuple(found) == (
        asked_by,
        HOSPITAL,
        is_remote,
        because,
        counted.situation.people["ordered for"],
    )


def test_words_that_doubt_or_deny(counted: Counted) -> None:
    found = counted.rows(
        "select diagnosis_name, diagnosis_code, certainty, code_system, diagnosis_role,"
        " evidence_tier from record.diagnosis where encounter_id = :id order by event_id",
        id=counted.situation.ids["ordering visit"],
    )
    edition = "ICD-10国家临床版"
    assert {tuple(row) for row in found} == {
        ("急性胃肠炎", "A09.900x001", "confirmed", edition, "visit", "D"),
        ("？急性胃肠炎待排", "A09.900x001", "uncertain", edition, "visit", "D"),
        ("否认高血压", None, "negated", None, "visit", "D"),
        ("two in a cell", "I10.x00x002", "confirmed", edition, "visit", "D"),
        ("two in a cell", "E11.900", "confirmed", edition, "visit", "D"),
    }


def test_a_second_code_is_not_a_second_line_of_the_file(counted: Counted) -> None:
    key = counted.situation.ids["said two in a cell"]
    (source,) = counted.rows(
        "select event_id from record.event_source where native_id = :native"
        " and source_table = 'MS_BRZD'",
        native=key.split("|")[3],
    )
    assert source.event_id == key
