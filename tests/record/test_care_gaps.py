"""Care that the rules ask for and that came late or never, by days counted by hand."""

from __future__ import annotations

import pytest

from tests.indicators.books import CLINIC
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation


def describe_situation(s: Situation) -> None:
    """Every person shows one rule."""
    for person in (
        "seen in time", "seen late", "telephoned", "not found", "gone", "taken up again",
        "worse", "never examined", "new patient", "refuses exams", "renews", "renews late",
        "lets it end", "stopped", "booked late", "visited late",
    ):  # fmt: skip
        s.person(person)
    s.person("dead", dead="2024-05-31")
    s.person("toddler", born="2023-08-31")

    for person in ("seen in time", "seen late", "telephoned", "not found", "dead", "worse",
                   "never examined"):  # fmt: skip
        s.hypertension(f"{person}: record", person, "2019-01-01")
    # Three months, to the day: 31 March is followed by 30 June.
    for day in ("2024-03-31", "2024-06-30", "2024-09-30", "2024-12-30"):
        s.follow_up("seen in time", day)
        s.exam("seen in time", day)
    s.follow_up("seen late", "2024-04-11")
    s.follow_up("seen late", "2024-07-11")
    s.follow_up("seen late", "2024-07-11")
    s.follow_up("telephoned", "2024-03-01")
    s.follow_up("telephoned", "2024-05-01", way="5")
    s.follow_up("not found", "2024-03-01", result="2")
    s.hypertension("gone: record", "gone", "2019-01-01", closed="2024-03-20", reason="2")
    for name, begins, ends in (
        ("first time", "2019-01-01", "2024-02-01"),
        ("second time", "2024-08-01", None),
    ):
        s.hypertension(name, "taken up again", begins, closed=ends, reason=ends and "2")
    for name, day, code in (
        ("not controlled", "2024-02-01", "2"),
        ("controlled", "2024-02-20", "1"),
    ):
        s.follow_up("worse", day, number=name, outcome=code)
    s.hypertension("new patient: record", "new patient", "2024-01-02")
    s.form("D08", "without consent", "refuses exams", created_on="2020-01-01",
           record_status_code="0", is_confirmed=True,
           has_informed_consent=False)  # fmt: skip

    s.contract("its first year", "renews", "2023-05-01", "2024-05-01")
    s.contract("its second year", "renews", "2024-05-01", "2025-05-01")
    s.contract("until May", "renews late", "2023-05-01", "2024-05-01")
    s.contract("from July", "renews late", "2024-07-01", "2025-07-01")
    s.contract("the only one", "lets it end", "2023-05-01", "2024-05-01")
    s.contract("stopped early", "stopped", "2023-05-01", "2024-05-01", stopped="2023-06-01")

    s.form("D16", "child's card", "toddler", created_on="2023-09-01",
           record_status_code="0")  # fmt: skip
    # Due at six months, on the last day of February; thirty days more are no gap.
    for name, dose, day in (
        ("on the last day of grace", 3, "2024-03-30"),
        ("months late", 2, "2024-01-15"),
    ):
        s.form("D18", name, "toddler", vaccinee_number="EB9", vaccine_code="0201",
               dose_number=dose, vaccinated_on=day,
               vaccination_unit_name=CLINIC)  # fmt: skip

    for name, booked, discharged in (
        ("booked late", "2024-05-01", None),
        ("visited late", "2024-01-20", "2024-08-23"),
    ):
        s.form("D12", f"{name}: pregnancy", name, booked_on=booked,
               last_period_began_on="2024-01-01", delivered_on=discharged,
               discharged_on=discharged)  # fmt: skip
    s.form("D13", "day 91", "booked late", pregnancy_record_id="booked late: pregnancy",
           followed_up_on="2024-04-01")  # fmt: skip
    s.form("D13", "day 90", "visited late", pregnancy_record_id="visited late: pregnancy",
           followed_up_on="2024-03-31")  # fmt: skip
    s.form("D14", "day 29", "visited late", pregnancy_record_id="visited late: pregnancy",
           followed_up_on="2024-09-21")  # fmt: skip


def gaps(counted: Counted, person: str, rule: str) -> list[tuple[str, str, str | None]]:
    """Of a person by a rule: since when, until when, and for what, until the last day."""
    rows = counted.rows(
        "select * from record.care_gap where person_id = :person and rule_id = :rule"
        " and begins_on <= '2025-01-05' order by begins_on, detail_code",
        person=counted.situation.people[person],
        rule=rule,
    )
    return [(str(row.begins_on), str(row.ends_on), row.detail_code) for row in rows]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("seen in time", []),
        # What is known begins with the year, so the first is due by 1 April.
        ("seen late", [("2024-04-02", "2024-04-10"), ("2024-10-12", "None")]),
        ("telephoned", [("2024-06-02", "None")]),
        ("not found", [("2024-04-02", "None")]),
        ("gone", []),
        # Between the two times nobody had to come.
        ("taken up again", [("2024-11-02", "None")]),
        ("dead", [("2024-04-02", "2024-05-31")]),
    ],
)
def test_patients_are_seen_every_three_months(
    counted: Counted, person: str, expected: list[tuple[str, str]]
) -> None:
    found = gaps(counted, person, "HTN-FOLLOW-UP")
    assert [(since, until) for since, until, _ in found] == expected


def test_who_is_not_controlled_is_seen_within_two_weeks(counted: Counted) -> None:
    found = gaps(counted, "worse", "HTN-SOON")
    assert found == [("2024-02-16", "2024-02-19", None)]


@pytest.mark.parametrize(
    ("person", "rule", "is_missing"),
    [
        ("seen in time", "HTN-EXAM", False),
        ("never examined", "HTN-EXAM", True),
        # Under care for less than the year, or dead before its end.
        ("new patient", "HTN-EXAM", False),
        ("dead", "HTN-EXAM", False),
        ("refuses exams", "SMI-EXAM", False),
    ],
)
def test_patients_are_examined_every_year(
    counted: Counted, person: str, rule: str, is_missing: bool
) -> None:
    expected = [("2025-01-01", "None", None)] if is_missing else []
    assert gaps(counted, person, rule) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("renews", []),
        ("renews late", [("2024-05-02", "2024-06-30", None)]),
        ("lets it end", [("2024-05-02", "None", None)]),
        ("stopped", []),
    ],
)
def test_a_contract_is_followed_by_another(
    counted: Counted, person: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert gaps(counted, person, "CONTRACT-RENEWED") == expected


def test_doses_and_checks_come_in_their_month(counted: Counted) -> None:
    doses = {what: (since, until) for since, until, what in
             gaps(counted, "toddler", "CHILD-DOSE")}  # fmt: skip
    # Due on 30 September (there is no 31st), in time until 30 October.
    assert doses["0201 2"] == ("2023-10-31", "2024-01-14")
    assert "0201 3" not in doses
    assert doses["0201 1"] == ("2023-10-01", "None")
    # The second dose against measles is due at 18 months, on 28 February 2025.
    assert "1201 1" in doses and "1201 2" not in doses
    checks = [what for _, _, what in gaps(counted, "toddler", "CHILD-CHECK")]
    # Those of the year before are not judged: nothing is known of them.
    assert checks == ["6", "8", "12"]


def test_mothers_are_seen_early_and_after_birth(counted: Counted) -> None:
    # 1 January and 90 days is 31 March, the last day in time.
    assert gaps(counted, "booked late", "MAT-BOOK") == [("2024-04-01", "2024-04-01", None)]
    assert gaps(counted, "visited late", "MAT-BOOK") == []
    # 28 days after 23 August is 20 September.
    late = gaps(counted, "visited late", "MAT-POSTNATAL")
    assert late == [("2024-09-21", "2024-09-21", None)]


def test_rules_say_nothing_of_people_without_care(counted: Counted) -> None:
    (row,) = counted.rows(
        "select count(*) as n from record.care_gap as gap"
        " where not exists (select from record.person where person_id = gap.person_id)"
    )
    assert row.n == 0
