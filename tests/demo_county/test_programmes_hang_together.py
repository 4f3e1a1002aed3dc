"""The public-health forms tell of the same people and events as everything else."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest

from loaders.demo_county.childhood import month_later
from loaders.demo_county.make import DemoSummary
from loaders.demo_county.programme import load_programme
from tests.demo_county.county_people import County, day, within

RECORDS = {"D06": "D05", "D09": "D08", "D11": "D10"}
YES = ("Y", "是", "1")


@pytest.fixture(scope="module")
def county(week: DemoSummary) -> County:
    return County(week.folder)


def test_every_visit_hangs_on_a_record_of_the_same_person(county: County) -> None:
    for visits, records in RECORDS.items():
        owners = {row["recordId"]: person for person, row in county.people(records)}
        gone = county.struck("d_deletion", county.tables(records)[0].contract.table)
        rows = list(county.people(visits))
        assert rows
        for person, row in rows:
            assert row["recordId"] in gone or owners[row["recordId"]] == person


def test_who_has_a_record_of_diabetes_is_diabetic_everywhere(county: County) -> None:
    diabetic = {row["phrId"] for row in county.rows("D05")}
    archives = {row["phrId"]: row for _, row in county.people("D01")}
    gone = county.struck("d_deletion", "EHR_HealthRecord")
    assert diabetic
    for number in diabetic - gone:
        assert archives[number]["isDiabetes"] in YES
        assert "0203" in archives[number]["pastHistory"]
    people = {person for person, _ in county.people("D05")}
    marked = {p for p, row in county.people("D01") if row["isDiabetes"] in YES}
    assert marked == people
    cards = {row["BRID"]: person for person, row in county.people("A01")}
    patients = {row["JZXH"]: cards[row["BRBH"]] for row in county.rows("A02")}
    seen = [
        patients[row["JZXH"]]
        for row in county.rows("A03")
        if (row["ICD10"] or "").upper().startswith("E11") and row["DEEP"] == "0"
    ]
    # Not everybody with diabetes is managed; of others only few would be diabetic.
    assert sum(person in people for person in seen) > 0.5 * len(seen) > 5


def test_glucose_is_in_the_unit_that_the_row_names(county: County) -> None:
    struck = county.struck("glucose_in_mg", "MDC_DiabetesVisit")
    assert struck
    for row in county.rows("D06"):
        if row["fbs"] is None:
            assert row["unit"] is None
        else:
            assert (row["unit"] == "2") == (row["visitId"] in struck)
            assert 3 < float(row["fbs"]) / (18 if row["unit"] == "2" else 1) < 15


def test_the_old_have_a_record_and_only_they(county: County) -> None:
    born = {person: row["birthday"] for person, row in county.people("D01")}
    for person, row in county.people("D07"):
        age = day(row["createDate"]).year - int(born[person][:4])
        assert age >= 64 or born[person].endswith("01-01")


def test_children_are_born_where_their_mothers_stayed(county: County) -> None:
    seen, places = county.seen(), county.institutions()
    records = [(p, r) for p, r in county.people("D12") if r["deliveryDate"]]
    assert len(records) > 5
    known = 0
    for person, row in records:
        born, left = day(row["deliveryDate"]), day(row["leaveHospitalDate"])
        assert 240 <= (born - day(row["lastMenstrualPeriod"])).days <= 295
        assert born <= left
        place = places[row["deliveryUnit"]]["TYSHXYDM"]
        known += within(seen[person, place], born, 0)
    # Who is not insured and gives birth elsewhere leaves no trace.
    assert known >= 0.8 * len(records)


def test_live_births_are_visited(county: County) -> None:
    mothers = {row["pregnantId"]: person for person, row in county.people("D12")}
    births = {
        row["pregnantId"]: row["liveBirths"]
        for row in county.rows("D12")
        if row["deliveryDate"]
    }
    newborns: dict[str, set[int]] = defaultdict(set)
    for row in county.rows("D15"):
        newborns[row["pregnantId"]].add(row["birthOrder"])
    assert all(len(orders) <= births[number] for number, orders in newborns.items())
    assert sum(map(len, newborns.values())) > 0.8 * sum(births.values())
    names = {row["personName"]: person for person, row in county.people("D12")}
    for row in county.rows("D15"):
        assert names[row["motherName"]] == mothers[row["pregnantId"]]


def test_pregnant_women_are_seen_between_booking_and_birth(county: County) -> None:
    records = {row["pregnantId"]: row for row in county.rows("D12")}
    visited = set()
    for row in county.rows("D13"):
        record = records[row["pregnantId"]]
        on = day(row["visitDate"])
        visited.add(row["pregnantId"])
        assert on >= day(record["bookDate"])
        assert record["deliveryDate"] is None or on < day(record["deliveryDate"])
        assert row["checkWeek"] == (on - day(record["lastMenstrualPeriod"])).days // 7
    for row in county.rows("D14"):
        assert day(row["visitDate"]) > day(records[row["pregnantId"]]["leaveHospitalDate"])
    assert len(visited) > 0.7 * len(records)
    assert any(record["deliveryDate"] is None for record in records.values())


def test_doses_come_when_they_are_due(county: County) -> None:
    due = {(v.code, v.dose): v for v in load_programme().schedule}
    children = {row["cardId"]: row for row in county.rows("D16")}
    born = {p: day(r["birthday"]) for p, r in county.people("D16")}
    names = {row["JGMC"] for row in county.rows("H01")}
    lunar = county.struck("birth_lunar", "CDH_HealthCard")
    lunar |= county.struck("birth_first_january", "CDH_HealthCard")
    doses = list(county.people("D18"))
    assert {row["受种者编码"][:2] for _, row in doses} == {"EB", "SZ"}
    for person, row in doses:
        number = row["受种者编码"]
        vaccine = due[row["疫苗代码"], row["剂次"]]
        assert row["疫苗名称"] == vaccine.name
        assert row["接种单位"] in names
        assert number.startswith("SZ") == (number not in children)
        if person in born and number not in lunar:
            assert day(row["接种日期"]) >= month_later(born[person], vaccine.month)
    assert {(row["疫苗代码"], row["剂次"]) for _, row in doses} == set(due)


def test_the_same_dose_comes_again_from_another_clinic(county: County) -> None:
    struck = county.struck("dose_twice", "PIV_VaccinateRecord")
    found: dict[str, set[str]] = defaultdict(set)
    for table in county.tables("D18"):
        for row in table.rows:
            key = f"{row['受种者编码']}+{row['疫苗代码']}+{row['剂次']}"
            found[key].add(row["接种单位"])
    assert struck
    assert {key for key, clinics in found.items() if len(clinics) > 1} == struck


def test_check_ups_go_by_age(county: County) -> None:
    cards = {row["cardId"]: row for row in county.rows("D16")}
    rows = county.rows("D17")
    assert {row["checkupMonth"] for row in rows} == {
        g.month for g in load_programme().growth
    }
    for row in rows:
        assert row["cardId"] in cards
        assert date(2024, 1, 1) <= day(row["checkDate"])
        assert 45 < row["height"] < 135 and 2.5 < row["weight"] < 30


def test_reported_diseases_follow_a_visit(county: County) -> None:
    seen, places = county.seen(), county.institutions()
    rows = list(county.people("D19"))
    late = 0
    for person, row in rows:
        place = places[row["reportUnit"]]["TYSHXYDM"]
        diagnosed_on = date.fromisoformat(row["diagnosisTime"][:10])
        assert within(seen[person, place], diagnosed_on, 0)
        assert row["diagnosisTime"] < row["reportTime"]
        waited = [datetime.fromisoformat(row[c]) for c in ("diagnosisTime", "reportTime")]
        late += waited[1] - waited[0] > timedelta(days=1)
    assert len(rows) > 20
    assert 0 < late < 0.3 * len(rows)
    ill = {p for p, row in rows if row["diseaseCode"] == load_programme().tuberculosis}
    treated = [(p, row) for p, row in county.people("D10")]
    assert treated
    for person, row in treated:
        assert person in ill
        assert (row["status"] == "1") == (row["stopTreatmentDate"] is not None)
        if row["stopTreatmentReason"] == "1":
            assert 0.85 * row["shouldDoses"] <= row["actualDoses"] <= row["shouldDoses"]
