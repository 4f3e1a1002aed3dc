"""A cell that says nothing usable costs what it would have said, and no more."""

from __future__ import annotations

from tests.indicators.books import HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

# Nines stand for unknown; no county has so many beds.
NINES = 999_999_999


def describe_situation(s: Situation) -> None:
    s.person("of few words", born="1950-01-01")
    s.visit_a("a visit of few words", "of few words", "2022-02-10", card="few words")
    s.diagnosis_a("a visit of few words", "J06.900", rank=None)
    s.visit_a("a visit of another code", "of few words", "2022-02-12", card="few words")
    s.diagnosed("a visit of another code", "J06.900", kind="Z9")
    s.beds("beds in nines", "2022-02-01", HOSPITAL, NINES)


def test_a_diagnosis_without_a_place_is_not_the_main_one(counted: Counted) -> None:
    encounter = counted.encounter("a visit of few words")
    (diagnosis,) = counted.rows(
        "select * from record.diagnosis where encounter_id = :id", id=encounter.encounter_id
    )
    assert (diagnosis.diagnosis_rank, diagnosis.is_main) == (None, False)
    assert encounter.main_diagnosis_code is None


def test_more_beds_than_there_can_be_are_multiplied(counted: Counted) -> None:
    (month,) = counted.rows(
        "select open_bed_days from record.bed_month where event_id = :id",
        id=counted.situation.ids["beds in nines"],
    )
    assert month.open_bed_days == NINES * 28


def test_a_kind_of_diagnosis_in_no_list_leaves_open_what_its_code_means(
    counted: Counted,
) -> None:
    encounter = counted.encounter("a visit of another code")
    (diagnosis,) = counted.rows(
        "select * from record.diagnosis where encounter_id = :id", id=encounter.encounter_id
    )
    assert (diagnosis.diagnosis_role, diagnosis.evidence_tier) == ("visit", "D")
    assert (diagnosis.diagnosis_code, diagnosis.code_system) == ("J06.900", None)
