"""Front pages: the stay that they describe, their diagnoses and their operations."""

from __future__ import annotations

import pytest

from tests.indicators.books import CENTRE, TCM_HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """Stays with every kind of front page."""
    s.person("patient of pages")
    s.person("other patient")
    s.stay_a("by number", "patient of pages", "2022-03-01 10:20:00", "2022-03-08 16:10:00")
    s.stay_a("by times", "patient of pages", "2022-04-01 10:59:58", "2022-04-08 16:10:00")
    s.stay_a("unpaged", "other patient", "2022-04-01 10:30:00", "2022-04-08 16:10:00")
    s.stay_b("theatre stay", "other patient", "2022-03-01", "2022-03-08")
    s.numbered_stay("by number", "R1", "202400001")
    s.page_a(
        "page by number",
        "patient of pages",
        "2022-03-01 10:00:00",
        "2022-03-08 16:00:00",
        record_number="R1",
        diagnoses=("K35.800", "E11.900", "I10.x00x002"),
        operations=(
            ("47.0901", "2", "2022-03-02"),
            ("54.5900x005", "3", "2022-03-02"),
            ("86.5900", "1", "2022-03-05"),
        ),
        receiver=CENTRE,
    )
    # The stay began two seconds before the hour that the page says.
    s.page_a(
        "page by times",
        "patient of pages",
        "2022-04-01 11:00:00",
        "2022-04-08 16:00:00",
        record_number="0",
        operations=(("99.1500", None, "2022-04-02"),),
        receiver="nobody knows it",
    )
    s.page_a(
        "page of no stay",
        "patient of pages",
        "2022-05-01 11:00:00",
        "2022-05-08 16:00:00",
        record_number="0",
    )
    s.stay_a("borrowed card", "patient of pages", "2022-06-01", "2022-06-08")
    s.numbered_stay("borrowed card", "R3", "202200003")
    s.page_a(
        "page of another",
        "other patient",
        "2022-06-01 09:00:00",
        "2022-06-08 09:00:00",
        record_number="R3",
    )
    s.theatre_b("theatre operation", "theatre stay", "81.51", "4")


@pytest.mark.parametrize(
    ("page", "stay", "linked_by", "receiver"),
    [
        ("page by number", "by number", "record_number", CENTRE),
        ("page by times", "by times", "person_and_times", None),
        ("page of no stay", None, None, None),
    ],
)
def test_a_front_page_finds_its_stay(
    counted: Counted,
    page: str,
    stay: str | None,
    linked_by: str | None,
    receiver: str | None,
) -> None:
    (found,) = counted.rows(
        "select encounter_id, linked_by, receiving_institution_code, person_id"
        " from record.front_page where event_id = :id",
        id=counted.situation.ids[page],
    )
    ids, people = counted.situation.ids, counted.situation.people
    assert tuple(found) == (
        ids[stay] if stay else None,
        linked_by,
        receiver,
        people["patient of pages"],
    )


@pytest.mark.parametrize(
    ("page", "is_another"), [("page by number", False), ("page of another", True)]
)
def test_a_front_page_that_names_somebody_else_says_so(
    counted: Counted, page: str, is_another: bool
) -> None:
    (found,) = counted.rows(
        "select person_id, names_another_person from record.front_page"
        " where event_id = :id",
        id=counted.situation.ids[page],
    )
    assert tuple(found) == (counted.situation.people["patient of pages"], is_another)


def test_a_front_page_says_several_diagnoses(counted: Counted) -> None:
    found = counted.rows(
        "select diagnosis_rank, diagnosis_code, is_main, diagnosis_role, evidence_tier,"
        " code_system_version, encounter_id from record.diagnosis"
        " where source_key = :id order by diagnosis_rank",
        id=counted.situation.ids["page by number"],
    )
    stay = counted.situation.ids["by number"]
    assert [tuple(row) for row in found] == [
        (0, "K35.800", True, "front_page", "B", "2.0", stay),
        (1, "E11.900", False, "front_page", "B", "2.0", stay),
        (2, "I10.x00x002", False, "front_page", "B", "2.0", stay),
    ]


def test_operations_of_one_day_are_one_session_of_the_highest_level(
    counted: Counted,
) -> None:
    found = counted.rows(
        "select operated_on::text, operation_level, operation_count, encounter_id"
        " from record.operation_session where front_page_id = :id order by operated_on",
        id=counted.situation.ids["page by number"],
    )
    stay = counted.situation.ids["by number"]
    assert [tuple(row) for row in found] == [
        ("2022-03-02", 3, 2, stay),
        ("2022-03-05", 1, 1, stay),
    ]


def test_a_procedure_is_kept_and_makes_no_session(counted: Counted) -> None:
    page = counted.situation.ids["page by times"]
    (found,) = counted.rows(
        "select operation_code, operation_level from record.operation"
        " where front_page_id = :id",
        id=page,
    )
    assert tuple(found) == ("99.1500", None)
    assert not counted.rows(
        "select 1 from record.operation_session where front_page_id = :id", id=page
    )


def test_the_theatre_tells_of_operations_too(counted: Counted) -> None:
    (found,) = counted.rows(
        "select evidence, encounter_id, institution_code, operation_level, is_code_cut,"
        " person_id from record.operation where event_id = :id",
        id=counted.situation.ids["theatre operation"],
    )
    assert tuple(found) == (
        "theatre",
        counted.situation.ids["theatre stay"],
        TCM_HOSPITAL,
        4,
        True,
        counted.situation.people["other patient"],
    )
