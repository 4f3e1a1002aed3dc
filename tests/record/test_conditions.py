"""What makes a condition, and how sure: one rule a person, judged by hand."""

from __future__ import annotations

import pytest

from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

STROKE, DIABETES, HEART = "I63.900", "E11.900", "I25.103"


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""

    def seen(person: str, *days: str, code: str | None = DIABETES, words: str = "",
             kind: str = "1", **how: str) -> None:  # fmt: skip
        s.person(person)
        for day in days:
            s.visit_a(f"{person} {day}", person, day, **how)  # type: ignore[arg-type]
            s.diagnosed(f"{person} {day}", code, words, kind=kind)

    # In a year for which no indicator is asked.
    seen("diagnosed once", "2021-02-01")
    seen("diagnosed again after 29 days", "2021-02-01", "2021-03-02")
    seen("diagnosed again after 30 days", "2021-02-01", "2021-03-03")
    seen("twice on one day", "2021-02-01 09:00:00", "2021-02-01 15:00:00")
    seen("doubted twice", "2021-02-01", "2021-05-01", words="2型糖尿病?")
    seen("denied", "2021-02-01", "2021-05-01", words="否认糖尿病史", code=None)
    seen("denied with a code", "2021-02-01", words="否认糖尿病史")
    seen("in words only", "2021-02-01", "2021-05-01", words="2型糖尿病", code=None)
    seen("of the mother", "2021-02-01", words="糖尿病家族史", code=None)
    seen("in pregnancy only", "2021-02-01", code="O24.400", words="妊娠期糖尿病")
    seen("given back", "2021-02-01", "2021-05-01", invoices="void")
    # B03.01 of GB/T 15657 is not smallpox, and this one is no myocardial infarction.
    seen("Chinese medicine", "2021-02-01", code="I21.01", kind="2")

    s.person("settled in hospital")
    s.settled("a stay elsewhere", "settled in hospital", "2021-02-01", STROKE, "21")
    s.person("has the benefit")
    s.settled("a benefit", "has the benefit", "2021-02-01", "I10.x00", "14")
    s.person("settled at the desk")
    s.settled("a desk", "settled at the desk", "2021-02-01", HEART, "11")

    def measured(person: str, *readings: tuple[str, int, int]) -> None:
        s.person(person)
        for day, upper, lower in readings:
            s.form("D02", f"{person} {day}", person, examined_on=day.split()[0],
                   systolic_pressure=upper, diastolic_pressure=lower)  # fmt: skip

    high, low = (150, 80), (130, 92)
    measured("high on three days", ("2024-01-01", *high), ("2024-02-01", *low),
             ("2024-03-01", *high), ("2024-04-01", 120, 70))  # fmt: skip
    measured("high on two days", ("2024-01-01", *high), ("2024-01-01 again", *high),
             ("2024-02-01", *high))  # fmt: skip
    measured("high by mistake", *((f"2024-0{n}-01", 80, 130) for n in range(1, 5)))
    s.person("high in pregnancy")
    for nth in range(1, 5):
        s.form("D13", f"antenatal {nth}", "high in pregnancy", systolic_mmhg=150,
               diastolic_mmhg=95, followed_up_on=f"2024-0{nth}-01")  # fmt: skip

    s.person("high when ill")
    for nth in range(1, 4):
        s.visit_c(f"ill {nth}", "high when ill", f"2024-0{nth}-15", pressure="150/95")
    measured("high when expecting", *((f"2024-0{n}-01", *high) for n in range(1, 5)))
    s.form("D12", "record of the high", "high when expecting", booked_on="2024-01-01",
           last_period_began_on="2023-12-01", delivery_due_on="2024-09-06")  # fmt: skip

    s.person("sure twice")
    s.settled("benefit of one looked after", "sure twice", "2021-02-01", DIABETES, "14")
    s.form("D05", "record of one with a benefit", "sure twice", created_on="2021-05-01")
    s.person("a child", born="2010-05-01")
    s.settled("benefit of a child", "a child", "2021-02-01", "I10.x00", "14")
    s.person("a father", born="1990-01-01")
    s.named("a father", sex="1")
    s.settled("stay of a father", "a father", "2021-02-01", "O80.000", "52")
    s.person("asked")
    s.form("D01", "archive of the asked", "asked", created_on="2012-01-01",
           past_history_codes="0203,0209")  # fmt: skip
    s.person("suspected")
    s.form("D08", "suspicion", "suspected", created_on="2023-01-01", is_confirmed=False,
           diagnosis_code="F20.900")  # fmt: skip
    s.person("left alone")
    s.form("D06", "visit without a record", "left alone", followed_up_on="2024-01-01")

    s.person("mother of two")
    for name, last_period, born, due in (
        ("first child", "2022-01-01", "2022-10-01", "2022-10-08"),
        ("second child", "2024-05-01", None, "2025-02-05"),
    ):
        s.form("D12", name, "mother of two", booked_on=last_period, delivered_on=born,
               last_period_began_on=last_period, delivery_due_on=due)  # fmt: skip
    s.settled("birth of the first", "mother of two", "2022-09-30", "O80.000", "52")
    s.person("treated twice")
    for name, began, ended in (
        ("first treatment", "2022-01-10", "2022-07-10"),
        ("second treatment", "2023-07-11", None),
    ):
        s.form("D10", name, "treated twice", notified_on=began, treatment_stopped_on=ended,
               record_status_code="1" if ended else "0")  # fmt: skip


def told(counted: Counted, person: str) -> set[tuple[str, str, str]]:
    """Condition, tier and rule of everything that the person has."""
    rows = counted.rows(
        "select * from record.condition where person_id = :person",
        person=counted.situation.people[person],
    )
    return {(row.condition, row.tier, row.rule_id) for row in rows}


@pytest.mark.parametrize(
    ("person", "conditions"),
    [
        ("diagnosed once", {("diabetes", "suspected", "single_diagnosis")}),
        ("diagnosed again after 29 days", {("diabetes", "suspected", "single_diagnosis")}),
        ("diagnosed again after 30 days", {("diabetes", "probable", "repeated_diagnosis")}),
        ("twice on one day", {("diabetes", "suspected", "single_diagnosis")}),
        ("doubted twice", {("diabetes", "suspected", "single_diagnosis")}),
        ("denied", set()),
        ("denied with a code", set()),
        ("in words only", {("diabetes", "probable", "repeated_diagnosis")}),
        ("of the mother", set()),
        ("in pregnancy only", {("pregnancy", "suspected", "single_diagnosis")}),
        ("given back", set()),
        ("Chinese medicine", set()),
        ("settled in hospital", {("stroke", "confirmed", "inpatient_diagnosis")}),
        ("has the benefit", {("hypertension", "confirmed", "chronic_benefit")}),
        (
            "settled at the desk",
            {("coronary_heart_disease", "suspected", "single_diagnosis")},
        ),
        ("high on three days", {("hypertension", "probable", "high_pressure")}),
        ("high on two days", set()),
        ("high by mistake", set()),
        ("high in pregnancy", {("pregnancy", "suspected", "programme_visit")}),
        ("high when ill", set()),
        ("high when expecting", {("pregnancy", "confirmed", "programme_record")}),
        # A history of tuberculosis is no tuberculosis.
        ("asked", {("diabetes", "suspected", "past_history")}),
        ("suspected", {("severe_mental_disorder", "suspected", "unconfirmed_record")}),
        ("sure twice", {("diabetes", "confirmed", "programme_record")}),
        ("left alone", {("diabetes", "suspected", "programme_visit")}),
    ],
)
def test_how_sure_a_condition_is(
    counted: Counted, person: str, conditions: set[tuple[str, str, str]]
) -> None:
    assert told(counted, person) == conditions


def episodes(counted: Counted, person: str) -> list[tuple[str, ...]]:
    """Onset, end, latest possible end, status and pieces of evidence, in order."""
    rows = counted.rows(
        "select onset_on, ended_on, over_by_on, status, evidence_count"
        " from record.condition where person_id = :person order by episode",
        person=counted.situation.people[person],
    )
    return [tuple(map(str, row)) for row in rows]


def test_every_pregnancy_is_an_episode_of_its_own(counted: Counted) -> None:
    assert episodes(counted, "mother of two") == [
        ("2022-01-01", "2022-10-01", "2022-10-01", "ended", "2"),
        # 301 days after the first of May.
        ("2024-05-01", "None", "2025-02-26", "open", "1"),
    ]


def test_treatment_anew_after_more_than_a_year_is_a_new_illness(counted: Counted) -> None:
    assert episodes(counted, "treated twice") == [
        ("2022-01-10", "2022-07-10", "2022-07-10", "ended", "1"),
        # 730 days, one of them a leap day.
        ("2023-07-11", "None", "2025-07-10", "open", "1"),
    ]


@pytest.mark.parametrize(
    ("person", "doubt"),
    [("a child", "age"), ("a father", "sex"), ("has the benefit", None)],
)
def test_what_does_not_fit_a_person_is_shown(
    counted: Counted, person: str, doubt: str | None
) -> None:
    rows = counted.rows(
        "select doubtful_because from record.condition where person_id = :person",
        person=counted.situation.people[person],
    )
    assert [row.doubtful_because for row in rows] == [doubt]


def test_nobody_knows_since_when_a_past_illness_was(counted: Counted) -> None:
    assert episodes(counted, "asked") == [("None", "None", "None", "lasting", "1")]


def test_evidence_that_does_not_suffice_is_kept(counted: Counted) -> None:
    rows = counted.rows(
        "select distinct event_id from record.condition_evidence"
        " where person_id = :person and condition = 'hypertension'",
        person=counted.situation.people["high on two days"],
    )
    assert len(rows) == 3


def test_the_words_of_doctors_stay_with_their_diagnoses(counted: Counted) -> None:
    rows = counted.rows(
        "select code, code_form from record.condition_evidence where person_id = :person",
        person=counted.situation.people["in words only"],
    )
    assert [tuple(row) for row in rows] == [(None, "wording")] * 2
