"""Who has a chronic illness: one answer for archives, records, visits and prescriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from loaders.demo_county.county import Diagnosis, Price
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Visit
from loaders.demo_county.population import Person
from loaders.demo_county.programme import load_programme
from loaders.demo_county.world import World

# How many people of an age have the illness: (younger than, share).
HYPERTENSION = ((35, 0.0), (50, 0.14), (65, 0.34), (200, 0.55))
DIABETES = ((35, 0.0), (50, 0.05), (65, 0.12), (200, 0.17))
PSYCHOSIS = ((18, 0.0), (200, 0.009))
# Of the visits of a patient so many are because of the illness.
FOR_THE_ILLNESS = 0.3


def is_ill(
    world: World, what: str, ages: Sequence[tuple[int, float]], person: Person
) -> bool:
    """Whether somebody has an illness, known to a register or not."""
    return world.dice.share(what, person.number) < risk(world, ages, person)


def risk(world: World, ages: Sequence[tuple[int, float]], person: Person) -> float:
    """The share of people of the person's age who have the illness."""
    age = person.age(world.calendar.history_end)
    return next(share for until, share in ages if age < until)


def chronic_codes(world: World, person: Person) -> dict[str, bool]:
    """The codes of illnesses that stay, and whether the person has them."""
    programme = load_programme()
    return {
        programme.hypertension: is_ill(world, "hypertension", HYPERTENSION, person),
        programme.diabetes: is_ill(world, "diabetes", DIABETES, person),
    }


def fitting_diagnosis(
    world: World,
    person: Person,
    on: date,
    found: Diagnosis,
    possible: Sequence[Diagnosis],
) -> Diagnosis:
    """The diagnosis that chance found, or what becomes of it for this very person.

    Nobody comes for a chronic illness that he has not; who has one comes for it often.
    """
    chronic = chronic_codes(world, person)
    rng = world.dice.stream("reason of visit", person.number, on)
    own = [d for d in possible if chronic.get(d.clinical)]
    if own and rng.random() < FOR_THE_ILLNESS:
        return rng.choice(own)
    if chronic.get(found.clinical, True):
        return found
    age = person.age(on)
    others = [d for d in possible if d.clinical not in chronic] or [
        d
        for d in world.county.diagnoses
        if d.setting == "out" and d.age_from <= age <= d.age_to
    ]
    return pick_weighted(rng, others, [d.weight for d in others])


def fitting_medicines(world: World, visit: Visit, prices: list[Price]) -> list[Price]:
    """What is on a bill, without medicines against illnesses that the patient has not."""
    programme = load_programme()
    chronic = chronic_codes(world, visit.person)
    ordinary = world.county.price(programme.ordinary_medicine)
    fitting: list[Price] = []
    for price in prices:
        against = programme.medicines.get(price.code)
        fits = against is None or chronic[against] or visit.person.is_test
        kept = price if fits else ordinary
        if kept not in fitting:
            fitting.append(kept)
    for code, against in programme.medicines.items():
        medicine = world.county.price(code)
        if visit.diagnosis.clinical == against and medicine not in fitting:
            fitting.append(medicine)
    return fitting
