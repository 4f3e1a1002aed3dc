"""The truth's figures: three lives counted by hand, and a recount of what was delivered."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from loaders.demo_county.care import go_to
from loaders.demo_county.county_files import load_county
from loaders.demo_county.dice import Dice
from loaders.demo_county.events import Charge, Invoice, Settlement, Stay, Visit
from loaders.demo_county.life import Life
from loaders.demo_county.make import DemoSummary, make_demo_county
from loaders.demo_county.mess import Mess
from loaders.demo_county.numbers import Numbering
from loaders.demo_county.population import Person, Population
from loaders.demo_county.registers import (
    Archive,
    Contract,
    DeathCard,
    Exam,
    FollowUp,
    HypertensionRecord,
)
from loaders.demo_county.truth import Truth
from loaders.demo_county.world import Calendar, World
from tests.demo_county.county_reading import read_truth
from tests.demo_county.county_recount import Recount

COUNTY = load_county()
VILLAGE = COUNTY.villages[0]
HOSPITAL = COUNTY.hospitals["A"]
ILLNESS = COUNTY.diagnoses[0]
SERIAL = iter(range(1, 10**6))


def _person(number: int, born: date) -> Person:
    return Person(number, 1, "某", 1, born, VILLAGE, "")


def _visit(person: Person, at: datetime, at_clinic: bool, void: bool = False) -> Visit:
    place = VILLAGE.clinic if at_clinic else HOSPITAL
    visit = Visit(
        system="C" if at_clinic else "A",
        number=next(SERIAL),
        person=person,
        card_person=person,
        place=place,
        department=None if at_clinic else "0301",
        doctor="0001",
        at=at,
        kind="plain",
        scheme="2",
        diagnosis=ILLNESS,
        second_diagnosis=None,
        known_on=at.date(),
    )
    invoice = Invoice(next(SERIAL), at, [Charge("01", "x", "y", 100, 1)])
    invoice.void_at = at + timedelta(days=1) if void else None
    visit.invoices.append(invoice)
    return visit


def _stay(person: Person, admitted: datetime, days: int) -> Stay:
    return Stay(
        system="A",
        number=next(SERIAL),
        printed_number="",
        person=person,
        place=HOSPITAL,
        department="0301",
        doctor="0001",
        admitted_at=admitted,
        discharged_at=admitted + timedelta(days=days, hours=3),
        cancelled_at=None,
        diagnosis=ILLNESS,
        second_diagnosis=None,
        ordinal=1,
        record_number="1",
        leaving="1",
        coded_at=admitted,
    )


def _settlement(
    person: Person, at: datetime, fund: int, inside: bool, kind: str
) -> Settlement:
    number = str(next(SERIAL))
    return Settlement(
        number=number,
        treatment=f"M{number}",
        person=person,
        insurance_number="1",
        scheme="390",
        place=HOSPITAL if inside else COUNTY.outside[0],
        began_on=at.date(),
        ended_on=at.date(),
        at=at,
        updated_at=at,
        medical_type=kind,
        certificate="01",
        diagnosis=ILLNESS,
        total=fund * 2,
        own_pay=0,
        over_limit=0,
        first_pay=0,
        basic_fund=fund,
        serious_illness_fund=0,
        aid=999,
        account=0,
    )


def _archive(person: Person) -> Archive:
    on = date(2020, 1, 1)
    return Archive("E1", "P1", person, VILLAGE.code, VILLAGE.code, "", on, on)


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str, str], tuple[int, int]]:
    """A county of three people.

    One: two visits on one day in one department, a third at the clinic, a void one, a stay
    of five days and one of an afternoon, settlements inside and outside, one reversed.
    Two: hypertension, seen four times, examined, controlled; a contract to the year's end.
    Three: dies on 1 March, with archive, record and contract.
    """
    one = _person(1, date(1990, 5, 5))
    two, three = _person(2, date(1950, 5, 5)), _person(3, date(1940, 5, 5))
    three.died_on = date(2024, 3, 1)
    dice, calendar = Dice(1), Calendar(2024, 1)
    world = World(
        COUNTY,
        calendar,
        dice,
        Mess(dice, (), calendar.last_day),
        Numbering(3),
        Population([one, two, three]),
    )
    noon = datetime(2024, 3, 5, 12)
    first = Life(one)
    first.visits = [
        _visit(one, noon, False),
        _visit(one, noon + timedelta(hours=2), False),
        _visit(one, noon, True),
        _visit(one, noon + timedelta(days=3), False, void=True),
    ]
    first.stays = [_stay(one, noon, 5), _stay(one, datetime(2024, 4, 1, 9), 0)]
    reversed_one = _settlement(one, noon, 7777, True, "11")
    reversed_one.reversed_at = noon + timedelta(days=2)
    first.settlements = [
        _settlement(one, noon, 300, True, "11"),
        _settlement(one, noon, 700, False, "21"),
        _settlement(one, noon, 1000, True, "21"),
        reversed_one,
    ]
    second = _managed(two, [date(2024, m, 10) for m in (1, 4, 7, 10)])
    second.exams = [
        Exam(
            "TJ1",
            second.archives[0],
            date(2024, 6, 1),
            "2",
            (130, 80),
            True,
            True,
            noon.date(),
        )
    ]
    third = _managed(three, [])
    third.death_card = DeathCard(
        "SW1", three, three.died_on, ILLNESS, date(2024, 3, 4), VILLAGE.town
    )
    truth = Truth(world)
    for life in (first, second, third):
        truth.add(life)
    return {
        (f.indicator, f.period, f.grain): (f.numerator, f.denominator)
        for f in truth.figures()
        if f.denominator
    }


def _managed(person: Person, seen_on: list[date]) -> Life:
    life = Life(person)
    archive = _archive(person)
    on = date(2021, 1, 1)
    record = HypertensionRecord("ZA1", person, archive, on, on, "1", on)
    life.archives, life.records = [archive], [record]
    life.follow_ups = [
        FollowUp(f"SF{nth}", record, day, "1", "1", (148, 80), 70, "1", day)
        for nth, day in enumerate(seen_on)
    ]
    signed = datetime(2023, 12, 31, 9)
    begins, ends = date(2024, 1, 1), date(2025, 1, 1)
    contract = Contract(
        "QY1", person, person, "", "T011", VILLAGE.town, signed, begins, ends, False
    )
    life.contracts = [contract]
    return life


@pytest.mark.parametrize(
    ("indicator", "period", "expected"),
    [
        ("mon24_07_primary_visit_share", "2024", (1, 2)),
        ("mon24_07_primary_visit_share", "202403", (1, 2)),
        ("mon24_08_fund_in_county_share", "2024", (1300, 2000)),
        ("mon24_09_fund_primary_share", "2024", (0, 1300)),
        ("mon24_11_inpat_in_county_share", "2024", (1, 2)),
        ("county_visit_rate", "2024", (2, 3)),
        ("avg_los", "2024", (6, 2)),
        ("avg_los", "202404", (1, 1)),
        ("ehr_electronic_rate", "2024", (1, 2)),
        ("htn_standard_mgmt_rate", "2024", (1, 1)),
        ("htn_control_rate", "2024", (1, 1)),
        ("fd_sign_rate", "20241231", (1, 2)),
    ],
)
def test_three_lives_are_counted_by_hand(
    figures: dict[tuple[str, str, str], tuple[int, int]],
    indicator: str,
    period: str,
    expected: tuple[int, int],
) -> None:
    assert figures[indicator, period, "county"] == expected


def test_shares_are_shares(week: DemoSummary) -> None:
    found = read_truth(week.folder, "indicators.csv")
    assert len({row["indicator_code"] for row in found}) == 10
    for row in found:
        numerator, denominator = int(row["numerator"]), int(row["denominator"])
        if row["indicator_code"] == "avg_los":
            assert 1 <= numerator / denominator < 40
        else:
            assert 0 <= numerator <= denominator


def test_towns_add_up_to_the_county(week: DemoSummary) -> None:
    found = read_truth(week.folder, "indicators.csv")
    for code in ("htn_standard_mgmt_rate", "fd_sign_rate"):
        rows = [row for row in found if row["indicator_code"] == code]
        for column in ("numerator", "denominator"):
            county = sum(int(r[column]) for r in rows if r["grain"] == "county")
            towns = sum(int(r[column]) for r in rows if r["grain"] == "township")
            assert county == towns


def _expected(county: Path) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (row["indicator_code"], row["period"]): (
            int(row["numerator"]),
            int(row["denominator"]),
        )
        for row in read_truth(county, "indicators.csv")
        if row["grain"] == "county"
    }


def test_the_deliveries_say_what_the_truth_says(week: DemoSummary) -> None:
    assert Recount(week.folder).figures() == _expected(week.folder)


def test_a_longer_history_has_the_same_last_year_to_count(tmp_path: Path) -> None:
    made = make_demo_county(tmp_path, residents=200, later_days=2, years=3)
    recount = Recount(made.folder)
    assert recount.figures() == _expected(made.folder)
    years = Counter(row["KSSJ"][:4] for row in recount.rows("A02"))
    assert set(years) >= {"2022", "2023", "2024"}
    assert min(years[y] for y in ("2022", "2023", "2024")) > 20
    visits = Counter(row["visitDate"][:4] for row in recount.rows("D04"))
    assert {"2022", "2023", "2024"} <= set(visits)


@pytest.mark.parametrize(
    ("born", "ghosts"), [(date(1980, 1, 1), 1), (date(2024, 11, 2), 0)]
)
def test_nobody_is_ill_before_birth(
    monkeypatch: pytest.MonkeyPatch, born: date, ghosts: int
) -> None:
    """31 June is a day of the last year, and some people are born after it."""
    monkeypatch.setattr(Mess, "would_hit", lambda self, kind, *_: kind == "impossible_date")
    dice, calendar = Dice(1), Calendar(2024, 0)
    person = _person(1, born)
    world = World(
        COUNTY,
        calendar,
        dice,
        Mess(dice, {"impossible_date"}, calendar.last_day),
        Numbering(1),
        Population([person]),
    )
    visits: list[Visit] = []
    go_to(world, person, "B", date(2024, 12, 20), dice.stream("test"), visits, [])
    assert sum(visit.is_impossible for visit in visits) == ghosts
    assert sum(not visit.is_impossible for visit in visits) >= 1
