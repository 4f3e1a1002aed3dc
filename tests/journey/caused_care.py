"""What the lives of a demo county know and its deliveries do not say: what caused what.

Goes in: how the county was made. Comes out: for every settlement the visit or stay that it
was paid for, as the simulation paid it; no rule of the warehouse takes part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest.mock import patch

from loaders.demo_county import care, stays
from loaders.demo_county.county_files import load_county
from loaders.demo_county.dice import Dice
from loaders.demo_county.events import Settlement, Stay, Visit
from loaders.demo_county.life import Life
from loaders.demo_county.make import YEAR
from loaders.demo_county.mess import Mess, all_kinds
from loaders.demo_county.numbers import Numbering
from loaders.demo_county.settlers import Settlers
from loaders.demo_county.simulation import live_all
from loaders.demo_county.world import Calendar, World

# System, the institution's code in it, the number of the visit or stay there.
Care = tuple[str, str, str]


@dataclass
class Causes:
    """Numbers of settlements, and the care that each was paid for."""

    visits: dict[str, Care] = field(default_factory=dict)
    stays: dict[str, Care] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    services: dict[str, Care] = field(default_factory=dict)
    # System, number of the medical record, which stay of the patient it is.
    pages: dict[tuple[str, str, str], Care] = field(default_factory=dict)


def care_of(event: Visit | Stay) -> Care:
    """How the hospital systems number a visit or stay."""
    place = event.place
    code = {"A": place.credit_code, "B": place.code22, "C": place.jgid}[event.system]
    return event.system, str(code), str(event.number)


def causes_of_care(residents: int, seed: int, later_days: int) -> Causes:
    """Live the lives of that county again and note what is paid for what."""
    found = Causes()
    pay, charge_stay = care.pay, stays.charge_stay

    def noting_pay(world: World, visit: Visit) -> list[Settlement]:
        settled = pay(world, visit)
        for number in _numbers(settled):
            found.visits[number] = care_of(visit)
        return settled

    def noting_charge(world: World, stay: Stay) -> list[Settlement]:
        settled = charge_stay(world, stay)
        for number in _numbers(settled):
            found.stays[number] = care_of(stay)
        return settled

    with (
        patch.object(care, "pay", noting_pay),
        patch.object(stays, "charge_stay", noting_charge),
    ):
        for life in _lives(residents, seed, later_days):
            _note(found, life)
    return found


def _numbers(settled: list[Settlement]) -> Iterator[str]:
    for settlement in settled:
        yield settlement.number
        if settlement.reversal_number:
            yield settlement.reversal_number


def _note(found: Causes, life: Life) -> None:
    known = found.visits.keys() | found.stays.keys()
    found.elsewhere.update(set(_numbers(life.settlements)) - known)
    for stay in life.stays:
        found.pages[stay.system, stay.record_number, str(stay.ordinal)] = care_of(stay)
    for service in life.services:
        if service.visit:
            office, number = service.visit.split("/")
            found.services[service.number] = ("C", office, number)


def _lives(residents: int, seed: int, later_days: int) -> Iterator[Life]:
    calendar = Calendar(YEAR, later_days)
    dice, county = Dice(seed), load_county()
    notes = Mess(dice, all_kinds(), calendar.last_day)
    people = Settlers(county, dice, notes, YEAR).settle(residents)
    numbering = Numbering(len(people.people) + len(county.test_names), calendar.epoch)
    yield from live_all(World(county, calendar, dice, notes, numbering, people))
