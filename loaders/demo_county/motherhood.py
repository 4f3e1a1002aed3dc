"""Pregnancies: booked, examined, delivered where the stay was, visited at home after it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from loaders.demo_county.chronic import archive_on
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.programme_records import CareVisit, Pregnancy
from loaders.demo_county.world import World

DAYS, OF_TWINS = (263, 289), (245, 262)
EXPECTING, FERTILE = 0.05, range(20, 41)
# In which weeks an examination is due.
WEEKS = (16, 21, 25, 30, 33, 36, 38)
STAYS_ELSEWHERE = 3


def accompany_pregnancies(world: World, life: Life) -> None:
    """The pregnancies of the history, and those that are not over when it ends."""
    born = defaultdict(list)
    for child in world.children.get(life.person.number, []):
        if child.born >= world.calendar.first_day:
            born[child.born].append(child)
    for on, children in sorted(born.items()):
        _pregnancy(world, life, on, children)
    if not born:
        _expect(world, life)


def birth_certificate(world: World, child: Person) -> str:
    """The number of the certificate of birth; it follows from the child."""
    return f"Q34{int(world.dice.share('certificate', child.number) * 10**7):07d}"


def _pregnancy(world: World, life: Life, born_on: date, children: list[Person]) -> None:
    rng = world.dice.stream("pregnancy", life.person.number, born_on)
    shortest, longest = OF_TWINS if len(children) > 1 else DAYS
    began_on = born_on - timedelta(days=rng.randint(shortest, longest))
    pregnancy = _book(world, life, began_on, rng, children)
    pregnancy.born_on = born_on
    pregnancy.place, pregnancy.left_on = _delivery(world, life, born_on)
    pregnancy.outcome_known_on = pregnancy.left_on + timedelta(days=rng.randint(0, 4))
    life.pregnancies.append(pregnancy)
    _examine(world, life, pregnancy, born_on)
    _visit_home(world, life, pregnancy, pregnancy.left_on, rng)


def _expect(world: World, life: Life) -> None:
    """A pregnancy that ends after all days that any delivery tells about."""
    person, end = life.person, world.calendar.history_end
    drawn = world.dice.share("expecting", person.number)
    is_fertile = person.age(end) in FERTILE and person.sex == 2 and person.is_resident
    if not is_fertile or drawn > EXPECTING or person.died_on:
        return
    rng = world.dice.stream("expecting", person.number)
    began_on = end - timedelta(days=rng.randint(95, 230))
    pregnancy = _book(world, life, began_on, rng, [])
    if pregnancy.booked_on <= end:
        life.pregnancies.append(pregnancy)
        _examine(world, life, pregnancy, date.max)


def _book(
    world: World, life: Life, began_on: date, rng: Random, children: list[Person]
) -> Pregnancy:
    early = rng.random() < 0.85
    booked_on = began_on + timedelta(
        days=rng.randint(42, 88) if early else rng.randint(91, 150)
    )
    archive = archive_on(life, booked_on)
    town = life.person.village_on(booked_on).town
    return Pregnancy(
        number=world.numbering.by_month("YF", booked_on),
        mother=life.person,
        archive=archive,
        unit=archive.unit if archive else town.code,
        booked_on=booked_on,
        began_on=began_on,
        children=children,
    )


def _delivery(world: World, life: Life, born_on: date) -> tuple[str, date]:
    """Where the child was born and when the mother left, as stay or settlement have it."""
    for stay in life.stays:
        is_birth = stay.diagnosis.setting == "birth" and stay.cancelled_at is None
        if is_birth and stay.admitted_at.date() == born_on:
            return stay.place.name, stay.discharged_at.date()
    for settlement in life.settlements:
        if settlement.diagnosis.setting == "birth" and settlement.began_on == born_on:
            return settlement.place.name, settlement.ended_on
    rng = world.dice.stream("born elsewhere", life.person.number, born_on)
    place = pick_weighted(rng, world.county.outside, world.county.outside_weights)
    return place.name, born_on + timedelta(days=STAYS_ELSEWHERE)


def _examine(world: World, life: Life, pregnancy: Pregnancy, end: date) -> None:
    rng = world.dice.stream("examinations", pregnancy.number)
    weight, systolic = rng.gauss(56, 7), rng.gauss(112, 7)
    due = [pregnancy.began_on + timedelta(weeks=week) for week in WEEKS]
    dates = [pregnancy.booked_on]
    dates += [on for on in due if on > pregnancy.booked_on + timedelta(days=12)]
    for on in dates:
        moved = on if on == pregnancy.booked_on else on + timedelta(days=rng.randint(-4, 6))
        comes, spread = rng.random() < 0.84, rng.gauss(0, 5)
        if moved >= end or moved > world.calendar.last_day or not comes:
            continue
        week = pregnancy.week(moved)
        visit = _visit(world, "D13", "CQ", pregnancy, pregnancy.mother, moved, rng)
        visit.facts["checkWeek"] = week
        visit.facts["weight"] = round(weight + week * 0.3)
        visit.pressure = (round(systolic + spread), round(systolic * 0.64 + spread / 2))
        life.care_visits.append(visit)


def _visit_home(
    world: World, life: Life, pregnancy: Pregnancy, left_on: date, rng: Random
) -> None:
    """Mother and newborn are visited together, the mother is seen again after six weeks."""
    seen = rng.random() < 0.9
    first_on = left_on + timedelta(days=rng.randint(3, 9))
    if seen and first_on <= world.calendar.last_day:
        mother = pregnancy.mother
        life.care_visits.append(
            _visit(world, "D14", "CH", pregnancy, mother, first_on, rng)
        )
    for order, child in enumerate(pregnancy.children, 1):
        child_rng = world.dice.stream("newborn visit", child.number)
        on = first_on if seen else left_on + timedelta(days=child_rng.randint(5, 25))
        misses = child_rng.random() > 0.95
        if misses or on > world.calendar.last_day or not child.is_alive(on):
            continue
        visit = _visit(world, "D15", "XS", pregnancy, child, on, child_rng)
        twins = len(pregnancy.children) > 1
        visit.facts |= {
            "certificateNo": birth_certificate(world, child),
            "birthOrder": order,
            "birthWeight": round(child_rng.gauss(2550 if twins else 3280, 380)),
        }
        life.care_visits.append(visit)
    again_on = left_on + timedelta(days=rng.randint(36, 46))
    if rng.random() < 0.6 and again_on <= world.calendar.last_day:
        life.care_visits.append(
            _visit(world, "D14", "CH", pregnancy, pregnancy.mother, again_on, rng)
        )


def _visit(
    world: World,
    feed: str,
    prefix: str,
    pregnancy: Pregnancy,
    person: Person,
    on: date,
    rng: Random,
) -> CareVisit:
    return CareVisit(
        feed=feed,
        number=world.numbering.by_month(prefix, on),
        person=person,
        archive=pregnancy.archive if person is pregnancy.mother else None,
        unit=pregnancy.unit,
        on=on,
        known_on=on + timedelta(days=rng.choice((0, 0, 0, 1, 3))),
        facts={"pregnantId": pregnancy.number},
    )
