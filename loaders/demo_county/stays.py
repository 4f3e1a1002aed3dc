"""In-patient care: stays in the county, births, stays elsewhere that only F knows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from loaders.demo_county.cards import birth_place
from loaders.demo_county.care import pick_diagnosis
from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Settlement, Stay
from loaders.demo_county.imaging import image_stay
from loaders.demo_county.laboratory import test_stay
from loaders.demo_county.population import Person
from loaders.demo_county.staff import doctor_code
from loaders.demo_county.ward import INTERIM_AFTER_DAYS, charge_stay
from loaders.demo_county.ward_bills import settle_part
from loaders.demo_county.world import World

WHERE = ("A", "B", "centre", "private", "outside")
WHERE_WEIGHTS = (38, 22, 10, 6, 24)
# A day in hospital in fen, by level of the hospital.
DAILY_COST = {"3": 95_000, "2": 62_000, "1": 38_000}


def in_patient_care(world: World, person: Person) -> tuple[list[Stay], list[Settlement]]:
    """All stays of a person in the county's system, and what was settled anywhere."""
    stays: list[Stay] = []
    settlements: list[Settlement] = []
    ordinals: dict[str, int] = {}
    if not person.is_resident:
        return stays, settlements
    free_from = world.calendar.first_day
    for on, diagnosis, where in _admissions(world, person):
        if on < free_from:
            continue
        rng = world.dice.stream("stay", person.number, on)
        days = 3 if diagnosis.setting == "birth" else 1 + int(rng.expovariate(1 / 7))
        days = min(days, 40) if rng.random() > 0.03 else 0
        free_from = on + timedelta(days=days + 1)
        if person.died_on and free_from > person.died_on:
            continue
        place = _place(world, person, where, on, rng)
        stay = _stay(world, person, place, diagnosis, on, days, rng)
        if place in _with_system(world, person, on):
            ordinals[place.code22] = ordinals.get(place.code22, 0) + 1
            stay.ordinal = ordinals[place.code22]
            stays.append(stay)
            if stay.cancelled_at is None:
                settlements.extend(charge_stay(world, stay))
                image_stay(world, stay)
                if stay.system == "A":
                    test_stay(world, stay)
        elif stay.cancelled_at is None:
            settlements.extend(_settle_elsewhere(world, stay))
    return stays, settlements


def _admissions(world: World, person: Person) -> list[tuple[date, Diagnosis, str]]:
    found = []
    age = person.age(world.calendar.history_end)
    mean = 0.05 if age < 45 else 0.12 if age < 65 else 0.3
    for on in world.event_days("admissions", person, mean):
        rng = world.dice.stream("admission", person.number, on)
        diagnosis = pick_diagnosis(world, person, on, rng, ("in", "both"))
        found.append((on, diagnosis, pick_weighted(rng, WHERE, WHERE_WEIGHTS)))
    birth = next(d for d in world.county.diagnoses if d.setting == "birth")
    for child in world.children.get(person.number, []):
        if world.calendar.first_day < child.born <= world.calendar.last_day:
            found.append((child.born, birth, birth_place(world, child)))
    return sorted(found, key=lambda admission: admission[0])


def _with_system(world: World, person: Person, on: date) -> list[Institution]:
    centre = person.village_on(on).town.centre
    return [*world.county.hospitals.values(), centre]


def _place(world: World, person: Person, where: str, on: date, rng: Random) -> Institution:
    if where in world.county.hospitals:
        return world.county.hospitals[where]
    if where == "centre":
        return person.village_on(on).town.centre
    if where == "private":
        return world.county.private_hospital
    return pick_weighted(rng, world.county.outside, world.county.outside_weights)


def _stay(
    world: World,
    person: Person,
    place: Institution,
    diagnosis: Diagnosis,
    on: date,
    days: int,
    rng: Random,
) -> Stay:
    system = next((k for k, v in world.county.hospitals.items() if v is place), "C")
    number = world.numbering.by_day(f"stay {place.code22}", on)
    admitted_at = datetime.combine(on, time(rng.randint(6, 15), rng.randint(0, 59), 7))
    left_on = on + timedelta(days=days)
    discharged_at = datetime.combine(
        left_on, time(rng.randint(16, 18), rng.randint(0, 59), 29)
    )
    cancelled = not place.is_primary and world.mess.hits("cancelled_stay", system, number)
    cancelled_at = admitted_at + timedelta(hours=rng.randint(1, 30)) if cancelled else None
    coded_at = discharged_at + timedelta(days=rng.randint(2, 10))
    return Stay(
        system=system,
        number=number,
        printed_number=f"{on:%Y}{number:08d}",
        person=person,
        place=place,
        department="0201" if place.is_primary else diagnosis.department,
        doctor=doctor_code(place, rng.randint(1, 30)),
        admitted_at=admitted_at,
        discharged_at=discharged_at,
        cancelled_at=cancelled_at,
        diagnosis=diagnosis,
        second_diagnosis=pick_diagnosis(world, person, on, rng, ("both",))
        if person.age(on) >= 40 and rng.random() < 0.4
        else None,
        ordinal=1,
        record_number=str(20000 + person.number),
        leaving=pick_weighted(rng, ("1", "2", "3", "4"), (90, 2, 6, 2)),
        coded_at=coded_at.replace(hour=17, minute=0, second=0),
    )


def _settle_elsewhere(world: World, stay: Stay) -> list[Settlement]:
    """A stay that only the insurance knows: one settlement, two when it was long."""
    found: list[Settlement] = []
    days = (stay.discharged_at - stay.admitted_at).days
    rng = world.dice.stream("cost", stay.place.code22, stay.number)
    cost = DAILY_COST[stay.place.level] * max(1, days) * rng.randint(70, 150) // 100
    if days > INTERIM_AFTER_DAYS:
        middle = stay.admitted_at + timedelta(days=days // 2)
        first = settle_part(world, stay, cost // 2, middle, "")
        found += [first] if first else []
        cost -= cost // 2
    treatment = found[0].treatment if found else ""
    at = stay.discharged_at + timedelta(minutes=35)
    last = settle_part(world, stay, cost, at, treatment)
    return found + ([last] if last else [])
