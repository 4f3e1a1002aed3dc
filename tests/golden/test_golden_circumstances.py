"""Phone, address, town, doctor, blood, death: what changes, and what must not be wrong."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tests.golden.statements import Known, Statements

COUNTY_SEED = Path(__file__).parents[2] / "dbt_project" / "seeds" / "county" / "county.csv"
with COUNTY_SEED.open(encoding="utf-8") as seed:
    COUNTY = next(csv.DictReader(seed))["name_zh"]
TOWN, OTHER_TOWN, THIRD_TOWN = "991525100", "991525400", "991525201"
GROUP = "16800000001"
OLD, NEW = "16800000002", "16800000003"


def describe_people(s: Statements) -> None:
    """Every person shows one rule."""
    s.say("phone", "hospital card", "2023-01-01", phone=OLD)
    s.say("phone", "township card", "2021-01-01", phone=f"+86 {OLD}")
    s.say("phone", "contract", "2024-01-01", phone=NEW)
    s.say("phone", "archive", "2024-06-01", phone=GROUP)
    s.say("filler", "archive", "2024-06-01", phone="13800000000")
    for number in range(8):
        s.say(f"villager {number}", "archive", "2024-06-01", phone=GROUP)

    s.say("address", "archive", "2020-01-01", address="衡山镇东岳村 东塘组\n12号")
    s.say("address", "front page", "2024-01-01", address="与儿街镇牛角冲村西岗组24号")
    s.say("address", "archive", "2024-06-01", address="同上")
    s.say("town only", "archive", "2024-01-01", address="衡山镇")
    s.say("town only", "hospital card", "2020-01-01", address="衡山镇东岳村")
    s.say("county only", "archive", "2024-01-01", address=f"某省某市{COUNTY}")

    for opened, unit, status in (("2012-01-01", TOWN, "0"), ("2020-01-01", OTHER_TOWN, "0"),
                                 ("2024-01-01", THIRD_TOWN, "1")):  # fmt: skip
        s.say("moved", "archive", archive_id=f"A {unit}", staged={"created_on": opened,
              "manage_unit_id": f"{unit}200", "record_status_code": status,
              "archive_id": f"A {unit}"})  # fmt: skip
    s.say("moved", "insured", staged={"insured_year": 2024, "town_code": TOWN})
    s.say("insured only", "archive", staged={"created_on": "2024-01-01",
          "manage_unit_id": THIRD_TOWN, "record_status_code": "1"})  # fmt: skip
    for year, town in ((2023, OTHER_TOWN), (2024, TOWN)):
        s.say("insured only", "insured", staged={"insured_year": year, "town_code": town})

    for team, begins, ends, stopped in (
        ("T1", "2024-01-10", "2025-01-10", None),
        ("T2", "2024-02-10", "2025-02-10", "2024-12-01"),
        ("T3", "2023-02-10", "2025-01-05", None),
        ("T4", "2025-01-06", "2026-01-06", None),
    ):
        for person in ("signed", "no longer signed") if team != "T1" else ("signed",):
            s.say(person, "contract", staged={"team_id": team, "begins_on": begins,
                  "ends_on": ends, "stopped_on": stopped})  # fmt: skip

    s.say("blood", "front page", "2024-01-01", staged={"blood_type_code": "2"})
    s.say("blood", "archive", "2024-06-01", staged={"blood_type_code": "2"})
    s.say("two bloods", "front page", "2024-01-01", staged={"blood_type_code": "2"})
    s.say("two bloods", "hospital card", "2024-06-01", staged={"blood_type_code": "3"})

    left_dead = {"discharge_way_code": "5", "discharged_on": "2024-05-03"}
    marked_dead = {"is_marked_dead": True, "dead_on": "2024-05-09"}
    s.say("died", "front page", staged=left_dead)
    s.say("died", "archive", staged=marked_dead)
    for day in ("2024-05-05", "2024-05-04"):
        s.say("died", "death card", staged={"dead_on": day})
    s.say("died in hospital", "front page", staged=left_dead)
    s.say("died in hospital", "archive", staged=marked_dead)
    s.say("marked dead", "archive", staged=marked_dead)
    s.say("alive", "archive", staged={"is_marked_dead": False, "dead_on": "2024-05-09"})
    s.say("alive", "front page", "2024-05-03", staged={"discharge_way_code": "1"})


def test_the_phone_is_the_newest_of_ones_own(known: Known) -> None:
    row = known.attribute("phone", "phone")
    assert row is not None
    assert (row.value, row.as_of, row.other_values_count) == (NEW, date(2024, 1, 1), 1)
    assert known.value("villager 0", "phone") is None
    assert known.value("filler", "phone") is None


def test_every_phone_is_kept_with_the_day_it_was_last_given(known: Known) -> None:
    phones = {
        row.phone: (str(row.last_seen_on), row.record_count, row.is_group)
        for row in known.rows(
            "select * from identity.person_phone where person_id = 'P phone'"
        )
    }
    assert phones == {
        OLD: ("2023-01-01", 2, False),
        NEW: ("2024-01-01", 1, False),
        GROUP: ("2024-06-01", 1, True),
    }


@pytest.mark.parametrize(
    ("person", "address"),
    [
        # Asked at home, though the hospital's is newer; 同上 is no address.
        ("address", "衡山镇东岳村东塘组12号"),
        ("town only", "衡山镇东岳村"),
    ],
)
def test_the_address(known: Known, person: str, address: str) -> None:
    assert known.value(person, "current_address") == address


def test_the_countys_name_is_no_address(known: Known) -> None:
    assert known.rows(
        "select 1 from identity.stated_attribute"
        " where person_id = 'P county only' and attribute = 'current_address'"
    )
    assert known.attribute("county only", "current_address") is None


def test_the_town_is_that_of_the_newest_open_archive(known: Known) -> None:
    assert known.value("moved", "township") == OTHER_TOWN
    assert known.value("moved", "archive_id") == f"A {OTHER_TOWN}"
    # A closed archive is worth less than what the insurer knows.
    assert known.value("insured only", "township") == TOWN


def test_the_team_is_that_of_the_contract_in_force(known: Known) -> None:
    # The delivery of the 6th knows the 5th; an end is exclusive.
    assert known.value("signed", "doctor_team") == "T1"
    assert known.attribute("no longer signed", "doctor_team") is None


def test_blood_groups_that_disagree_are_shown_and_not_resolved(known: Known) -> None:
    agreed = known.attribute("blood", "blood_type")
    assert agreed is not None
    assert (agreed.value, agreed.rule, agreed.is_conflict) == ("2", "unanimous", False)
    row = known.attribute("two bloods", "blood_type")
    assert row is not None
    assert (row.value, row.chosen_record_key, row.rule) == (None, None, "undecided")
    assert (row.is_conflict, row.other_values_count) == (True, 2)
    assert known.conflict("two bloods", "blood_type") == {"2": False, "3": False}
    assert known.person("two bloods").conflict_count == 1


@pytest.mark.parametrize(
    ("person", "died", "reported"),
    [
        ("died", "2024-05-04", "2024-05-04"),
        ("died in hospital", "2024-05-03", "None"),
        ("marked dead", "2024-05-09", "None"),
        ("alive", "None", "None"),
    ],
)
def test_the_day_of_death_is_that_of_the_best_source(
    known: Known, person: str, died: str, reported: str
) -> None:
    row = known.person(person)
    assert (str(row.died_on), str(row.reported_death_on)) == (died, reported)


def test_sources_that_tell_other_days_of_death_are_a_conflict(known: Known) -> None:
    assert known.conflict("died", "death_date") == {
        "2024-05-04": True,
        "2024-05-05": False,
        "2024-05-03": False,
        "2024-05-09": False,
    }


def test_everybody_has_one_golden_record_and_every_attribute_a_rule(known: Known) -> None:
    (people,) = known.rows(
        "select count(distinct person_id) as linked,"
        " (select count(*) from identity.golden_person) as golden"
        " from identity.person_link"
    )
    assert people.linked == people.golden > 0
    without_rule = known.rows(
        "select attribute from staging.personal_attribute"
        " except select attribute from staging.survivorship"
    )
    assert without_rule == []
