"""Who is under management, which follow-ups count, and whose pressure is under control."""

from __future__ import annotations

import pytest

from tests.indicators.books import OTHER_TOWN, TOWN
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

STANDARD = "htn_standard_mgmt_rate"
CONTROL = "htn_control_rate"
QUARTERS = ("2024-02-10", "2024-05-10", "2024-08-10", "2024-11-10")


def describe_situation(s: Situation) -> None:
    """Every person shows one rule; most are managed all year."""

    def managed(person: str, *, created: str = "2020-01-01", **how: str | None) -> None:
        s.person(person, born=how.pop("born", "1970-01-01"), dead=how.pop("dead", None))
        s.hypertension(f"record of {person}", person, created, **how)  # type: ignore[arg-type]

    def followed(person: str, days: tuple[str, ...], pressure: str = "130/80") -> None:
        for day in days:
            s.follow_up(person, day, pressure)
        s.exam(person, "2024-06-01")

    managed("four and an exam")
    followed("four and an exam", QUARTERS)
    managed("three and an exam")
    followed("three and an exam", QUARTERS[:3])
    managed("no exam")
    for day in QUARTERS:
        s.follow_up("no exam", day)
    managed("exam last year")
    for day in QUARTERS:
        s.follow_up("exam last year", day)
    s.exam("exam last year", "2023-12-31")
    managed("two on one day")
    followed("two on one day", ("2024-02-10", "2024-02-10", "2024-05-10", "2024-08-10"))
    managed("one by phone")
    followed("one by phone", QUARTERS[:3])
    s.follow_up("one by phone", QUARTERS[3], way="5")
    managed("one at home")
    followed("one at home", QUARTERS[:3])
    s.follow_up("one at home", QUARTERS[3], way="4")
    managed("not found once")
    followed("not found once", QUARTERS[:3])
    s.follow_up("not found once", QUARTERS[3], None, result="2")
    managed("implausible once")
    followed("implausible once", QUARTERS[:3])
    s.follow_up("implausible once", QUARTERS[3], "80/120")

    managed("began on 3 October", created="2024-10-03")
    followed("began on 3 October", ("2024-11-10",))
    managed("began on 4 October", created="2024-10-04")
    followed("began on 4 October", ("2024-11-10",))
    managed("began on 5 April", created="2024-04-05")
    followed("began on 5 April", QUARTERS[1:])
    managed("began on 5 April, two", created="2024-04-05")
    followed("began on 5 April, two", QUARTERS[2:])

    managed("died on 29 June", dead="2024-06-29")
    managed("died on 30 June", dead="2024-06-30")
    managed("moved on 29 June", closed="2024-06-29", reason="2")
    managed("moved on 30 June", closed="2024-06-30", reason="2")
    managed("lost on 1 May", closed="2024-05-01", reason="3")
    managed("closed on 31 December", closed="2023-12-31", reason="3")
    managed("closed on 1 January", closed="2024-01-01", reason="3")

    s.person("two towns", born="1970-01-01")
    s.archive("old archive", "two towns", "2012-01-01", unit=TOWN + "201")
    s.archive("new archive", "two towns", "2024-03-01", unit=OTHER_TOWN + "203")
    s.hypertension(
        "newer record, old archive",
        "two towns",
        "2024-05-01",
        unit=TOWN + "201",
        archive="old archive",
        closed="2024-06-01",
        reason="2",
    )
    s.hypertension(
        "older record, new archive",
        "two towns",
        "2024-03-01",
        unit=OTHER_TOWN + "203",
        archive="new archive",
    )
    s.person("both closed", born="1970-01-01")
    s.hypertension(
        "closed first", "both closed", "2020-01-01", closed="2024-04-30", reason="2"
    )
    s.hypertension(
        "closed last", "both closed", "2024-02-01", closed="2024-05-31", reason="3"
    )

    for person, born, upper in (
        ("64 on the day", "1959-08-11", 145),
        ("65 on the day", "1959-08-10", 145),
        ("65 and at 150", "1950-01-01", 150),
        ("at 140", "1970-01-01", 140),
        ("at 139", "1970-01-01", 139),
    ):
        managed(person, born=born)
        s.follow_up(person, "2024-08-10", f"{upper}/89")
    managed("at 90 below")
    s.follow_up("at 90 below", "2024-08-10", "130/90")
    managed("good, then bad")
    s.follow_up("good, then bad", "2024-03-01", "120/80")
    s.follow_up("good, then bad", "2024-09-01", "160/95")
    managed("good, then no reading")
    s.follow_up("good, then no reading", "2024-03-01", "120/80")
    s.follow_up("good, then no reading", "2024-09-01", None)
    managed("last by phone")
    s.follow_up("last by phone", "2024-03-01", "160/95")
    s.follow_up("last by phone", "2024-09-01", "120/80", way="5")
    managed("good, then not found")
    s.follow_up("good, then not found", "2024-03-01", "120/80")
    s.follow_up("good, then not found", "2024-09-01", "120/80", result="2")
    managed("tie on one day")
    s.follow_up("tie on one day", "2024-09-01", "160/95", number="SF2409000002")
    s.follow_up("tie on one day", "2024-09-01", "120/80", number="SF2409000010")
    managed("good, but in January")
    s.follow_up("good, but in January", "2025-01-02", "120/80")


@pytest.mark.parametrize(
    ("person", "numerator"),
    [
        ("four and an exam", 1),
        ("three and an exam", 0),
        ("no exam", 0),
        ("exam last year", 0),
        ("two on one day", 1),
        ("one by phone", 0),
        ("one at home", 1),
        ("not found once", 0),
        ("implausible once", 0),
        # 90 managed days make one follow-up due, 271 make three.
        ("began on 3 October", 1),
        ("began on 5 April", 1),
        ("began on 5 April, two", 0),
        # A death does not shorten the days; on 30 June itself it does not exclude.
        ("died on 30 June", 0),
        ("moved on 30 June", 0),
        ("lost on 1 May", 0),
        # Closed last for another reason than moving out.
        ("both closed", 0),
    ],
)
def test_standard_management(counted: Counted, person: str, numerator: int) -> None:
    case = counted.case_of_person(STANDARD, person)
    assert case is not None
    assert (case.numerator, case.denominator) == (numerator, 1)


@pytest.mark.parametrize(
    "person",
    [
        "began on 4 October",
        "died on 29 June",
        "moved on 29 June",
        "closed on 31 December",
        "closed on 1 January",
    ],
)
def test_who_is_not_in_the_denominator_of_standard_management(
    counted: Counted, person: str
) -> None:
    assert counted.case_of_person(STANDARD, person) is None


@pytest.mark.parametrize(
    ("person", "days", "due"),
    [
        ("four and an exam", 366, 4),
        ("began on 3 October", 90, 1),
        ("began on 4 October", 89, 0),
        ("began on 5 April", 271, 3),
        ("died on 30 June", 366, 4),
        ("moved on 30 June", 182, 2),
        ("closed on 1 January", 1, 0),
        ("two towns", 306, 3),
        ("both closed", 152, 1),
    ],
)
def test_managed_days(counted: Counted, person: str, days: int, due: int) -> None:
    rows = counted.rows(
        "select managed_days, follow_ups_due from record.hypertension_management"
        " where period = '2024' and person_id = :person",
        person=counted.situation.people[person],
    )
    assert [tuple(row) for row in rows] == [(days, due)]


def test_the_town_is_that_of_the_newest_archive(counted: Counted) -> None:
    case = counted.case_of_person(STANDARD, "two towns")
    assert case is not None
    assert (case.township_code, case.group_code) == (OTHER_TOWN, "G2")


@pytest.mark.parametrize(
    ("person", "numerator"),
    [
        ("64 on the day", 0),
        ("65 on the day", 1),
        ("65 and at 150", 0),
        ("at 140", 0),
        ("at 139", 1),
        ("at 90 below", 0),
        ("good, then bad", 0),
        ("good, then no reading", 0),
        ("last by phone", 1),
        ("good, then not found", 0),
        ("tie on one day", 1),
        ("good, but in January", 0),
        ("implausible once", 0),
        # No 90-day rule here.
        ("began on 4 October", 1),
        ("closed on 1 January", 0),
    ],
)
def test_control(counted: Counted, person: str, numerator: int) -> None:
    case = counted.case_of_person(CONTROL, person)
    assert case is not None
    assert (case.numerator, case.denominator) == (numerator, 1)


@pytest.mark.parametrize("person", ["died on 29 June", "moved on 29 June"])
def test_who_is_excluded_from_control(counted: Counted, person: str) -> None:
    assert counted.case_of_person(CONTROL, person) is None


def test_a_case_of_control_leads_to_the_reading_that_decided(counted: Counted) -> None:
    case = counted.case_of_person(CONTROL, "tie on one day")
    assert case is not None
    assert case.event_id == counted.situation.ids["tie on one day: SF2409000010"]
