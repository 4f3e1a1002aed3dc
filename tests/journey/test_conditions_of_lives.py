"""Conditions of the record against the lives that the demo county was made of.

Who is ill is asked of the simulation itself, which no warehouse code has seen. It knows of
some illnesses only; of the others nobody can say here who has them.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from loaders.demo_county.county_files import load_county
from loaders.demo_county.dice import Dice
from loaders.demo_county.illness import DIABETES, HYPERTENSION, PSYCHOSIS, is_ill
from loaders.demo_county.make import YEAR
from loaders.demo_county.mess import Mess, all_kinds
from loaders.demo_county.numbers import Numbering
from loaders.demo_county.settlers import Settlers
from loaders.demo_county.world import Calendar, World
from tests.journey.conftest import RESIDENTS, Installation

SEED, LATER_DAYS = 7, 3
# condition, what the simulation calls it, its shares by age
ILLNESSES = (
    ("hypertension", "hypertension", HYPERTENSION),
    ("diabetes", "diabetes", DIABETES),
    ("severe_mental_disorder", "psychosis", PSYCHOSIS),
)
SURE = ("confirmed", "probable")
RECORD = ("source_system", "source_table", "org_code", "native_id", "native_part")


@dataclass(frozen=True)
class Lives:
    """Who is ill in truth, and who is by the record and how sure; by true person."""

    ill: dict[str, set[str]]
    told: dict[str, dict[str, str]]
    managed: dict[str, set[str]]
    pregnant: set[str]

    def sure(self, condition: str) -> set[str]:
        return {p for p, tier in self.told[condition].items() if tier in SURE}


@pytest.fixture(scope="module")
def lives(together: Installation) -> Lives:
    world = _world()
    ill = {
        condition: {
            p.code for p in world.population.people if _is_ill(world, p, what, ages)
        }
        for condition, what, ages in ILLNESSES
    }
    owner = _owners(together)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    with together.engine().connect() as connection:
        for row in connection.execute(text("select * from record.condition")):
            told[row.condition][owner[row.person_id]] = row.tier
        managed: dict[str, set[str]] = defaultdict(set)
        for row in connection.execute(text("select * from record.programme_record")):
            managed[row.programme].add(owner[row.person_id])
    pregnant = {
        row["true_person"]
        for row in _truth(together.county)
        if row["source_table"] == "MHC_PregnantRecord"
    }
    return Lives(ill, told, managed, pregnant)


def _world() -> World:
    """The same people with the same chances as those of the journey's county."""
    calendar = Calendar(YEAR, LATER_DAYS)
    dice, county = Dice(SEED), load_county()
    notes = Mess(dice, all_kinds(), calendar.last_day)
    people = Settlers(county, dice, notes, YEAR).settle(RESIDENTS)
    numbering = Numbering(len(people.people) + len(county.test_names), calendar.epoch)
    return World(county, calendar, dice, notes, numbering, people)


def _is_ill(
    world: World, person: object, what: str, ages: Sequence[tuple[int, float]]
) -> bool:
    return is_ill(world, what, ages, person)  # type: ignore[arg-type]


def _truth(county: Path) -> list[dict[str, str]]:
    with (county / "truth" / "persons.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _owners(place: Installation) -> dict[str, str]:
    """Whom a person of the warehouse is, by most of the records."""
    true = {
        tuple(row[c] for c in RECORD): row["true_person"] for row in _truth(place.county)
    }
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    with place.engine().connect() as connection:
        links = text("select * from identity.person_link where person_id is not null")
        for row in connection.execute(links).mappings():
            votes[row["person_id"]][true.get(tuple(row[c] for c in RECORD), "")] += 1
    return {person: votes[person].most_common(1)[0][0] for person in votes}


@pytest.mark.parametrize("condition", [name for name, _, _ in ILLNESSES])
def test_whom_the_record_is_sure_to_be_ill_is_ill(lives: Lives, condition: str) -> None:
    """But for a few whom the simulation gave a high pressure on three days and no illness:
    by the rule, and by that of the clinic, they have it."""
    sure = lives.sure(condition)
    assert len(sure) >= 3
    right = sure & lives.ill[condition]
    assert len(right) >= 0.97 * len(sure), (len(right), len(sure))


@pytest.mark.parametrize(
    ("condition", "programme"),
    [
        ("hypertension", "hypertension"),
        ("diabetes", "diabetes"),
        ("severe_mental_disorder", "psychosis"),
        ("tuberculosis", "tuberculosis"),
    ],
)
def test_whoever_is_looked_after_for_an_illness_has_it(
    lives: Lives, condition: str, programme: str
) -> None:
    assert lives.managed[programme]
    assert lives.managed[programme] <= lives.told[condition].keys()


@pytest.mark.parametrize(
    ("condition", "share"),
    [("hypertension", 0.8), ("diabetes", 0.8), ("severe_mental_disorder", 0.8)],
)
def test_most_of_the_ill_are_known(lives: Lives, condition: str, share: float) -> None:
    """Who is ill, not looked after and never seen for it leaves no trace."""
    ill = lives.ill[condition]
    known = ill & lives.told[condition].keys()
    assert len(known) >= share * len(ill), (len(known), len(ill))


def test_booked_pregnancies_are_pregnancies(lives: Lives) -> None:
    assert lives.pregnant
    assert lives.pregnant <= lives.sure("pregnancy")
