"""Events of a life: whose they are, and where they were read."""

from __future__ import annotations

from tests.indicators.books import HOSPITAL
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """One life with one event of most kinds."""
    s.person("a life", born="1950-01-01", dead="2024-12-01")
    s.visit_a("a visit of the life", "a life", "2022-01-10", card="lives card")
    s.contract("a contract of the life", "a life", "2022-01-01", "2023-01-01")
    s.diagnosis_a("a visit of the life", "I10.x00x002", rank=0)
    s.diagnosis_a("a visit of the life", "E11.900", rank=1)


def test_the_timeline_tells_a_life_in_order(counted: Counted) -> None:
    told = counted.rows(
        "select event_kind, institution_code, detail_code from record.timeline"
        " where person_id = :person order by happened_at, event_id",
        person=counted.situation.people["a life"],
    )
    assert [row.event_kind for row in told] == ["contract", "outpatient", "death"]
    assert (told[1].institution_code, told[1].detail_code) == (HOSPITAL, "I10.x00x002")


def test_the_main_diagnosis_of_an_encounter_is_the_one_that_was_put_first(
    counted: Counted,
) -> None:
    encounter = counted.encounter("a visit of the life")
    assert encounter.main_diagnosis_code == "I10.x00x002"
    diagnoses = counted.rows(
        "select diagnosis_code, person_id from record.diagnosis"
        " where encounter_id = :id order by diagnosis_rank",
        id=encounter.encounter_id,
    )
    person = counted.situation.people["a life"]
    assert [tuple(row) for row in diagnoses] == [
        ("I10.x00x002", person),
        ("E11.900", person),
    ]


def test_an_event_leads_to_the_key_of_its_source_row(counted: Counted) -> None:
    encounter = counted.encounter("a visit of the life")
    (source,) = counted.rows(
        "select * from record.event_source where event_id = :id", id=encounter.encounter_id
    )
    assert (source.source_system, source.source_table, source.org_code) == (
        "A",
        "YS_MZ_JZLS",
        HOSPITAL,
    )
    assert source.native_id == encounter.native_id
    assert source.line_number == encounter._line_number
