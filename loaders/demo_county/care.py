"""Out-patient care: who goes where on which day, with which illness."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from loaders.demo_county.billing import bill, pay
from loaders.demo_county.cards import birth_place, card_split_on, lends_card
from loaders.demo_county.county import Diagnosis, Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Settlement, Visit
from loaders.demo_county.illness import fitting_diagnosis
from loaders.demo_county.imaging import image_visit
from loaders.demo_county.insurance import settle
from loaders.demo_county.laboratory import test_visit
from loaders.demo_county.orders import Order
from loaders.demo_county.population import Person
from loaders.demo_county.staff import doctor_code
from loaders.demo_county.world import World, office_time

WHERE = ("clinic", "centre", "A", "B", "other centre", "private", "outside", "pharmacy")
WHERE_WEIGHTS = (31, 27, 20, 11, 2, 2, 5, 7)


def out_patient_care(world: World, person: Person) -> tuple[list[Visit], list[Settlement]]:
    """All visits of a person in the county, and what was settled anywhere."""
    visits: list[Visit] = []
    settlements: list[Settlement] = []
    days = world.event_days("visits", person, _visits_a_year(world, person))
    for nth, on in enumerate(days):
        rng = world.dice.stream("visit", person.number, on, nth)
        where = pick_weighted(rng, WHERE, WHERE_WEIGHTS) if person.is_resident else "A"
        go_to(world, person, where, on, rng, visits, settlements)
    if _is_newborn(world, person):
        rng = world.dice.stream("newborn", person.number)
        on = person.born + timedelta(days=rng.randint(3, 25))
        if on <= world.calendar.last_day and person.is_alive(on):
            go_to(world, person, birth_place(world, person), on, rng, visits, settlements)
    return visits, settlements


def go_to(
    world: World,
    person: Person,
    where: str,
    on: date,
    rng: Random,
    visits: list[Visit],
    settlements: list[Settlement],
    diagnosis: Diagnosis | None = None,
) -> None:
    """One walk to a doctor or pharmacy: adds the visits and settlements that come of it."""
    if diagnosis is None:
        diagnosis = pick_diagnosis(world, person, on, rng, ("out", "both"))
    place = _place(world, person, where, on, rng)
    if where in ("private", "outside", "pharmacy"):
        total = rng.randint(1500, 9000) if where == "pharmacy" else rng.randint(9000, 80000)
        at = office_time(rng, on)
        kind = "41" if where == "pharmacy" else rng.choice(("11", "11", "14"))
        found = settle(
            world, person, place, diagnosis, total, at, began_on=on, medical_type=kind
        )
        settlements.extend([found] if found else [])
        return
    system = where if where in ("A", "B") else "C"
    visit = _visit(world, person, system, place, diagnosis, on, rng)
    visits.append(visit)
    if rng.random() < 0.02:
        # Came back the same day: one counted encounter, two rows.
        again = _visit(world, person, system, place, diagnosis, on, rng)
        again.department = visit.department
        visits.append(again)
        settlements.extend(_treat(world, again, rng))
    june_30 = date(world.calendar.year, 6, 30)
    was_there = person.is_alive(june_30)
    if was_there and world.mess.hits("impossible_date", system, visit.number):
        chance = world.dice.stream("impossible visit", visit.number)
        ghost = _visit(world, person, system, place, diagnosis, june_30, chance, True)
        bill(world, ghost, chance)
        pay(world, ghost)
        visits.append(ghost)
    settlements.extend(_treat(world, visit, rng))


def _treat(world: World, visit: Visit, rng: Random) -> list[Settlement]:
    """Bill the visit, and make the tests and examinations that are paid in the end.

    What is given back or never billed takes its numbers, too: others keep theirs.
    """
    bill(world, visit, rng)
    charges = [c for i in visit.invoices for c in i.charges if c.order]
    settlements = pay(world, visit)
    paid = {
        id(charge)
        for invoice in visit.invoices
        if invoice.void_at is None
        for charge in invoice.charges
        if charge.refunded_at is None
    }
    orders = {"HYF": list[Order](), "JCF": list[Order]()}
    for charge in charges:
        orders[charge.category].append((charge.order, id(charge) in paid))
    test_visit(world, visit, orders["HYF"])
    image_visit(world, visit, orders["JCF"])
    return settlements


def pick_diagnosis(
    world: World, person: Person, on: date, rng: Random, settings: tuple[str, ...]
) -> Diagnosis:
    """An illness of the person's age."""
    age = person.age(on)
    fitting = [
        d
        for d in world.county.diagnoses
        if d.setting in settings and d.age_from <= age <= d.age_to
    ]
    found = pick_weighted(rng, fitting, [d.weight for d in fitting])
    return fitting_diagnosis(world, person, on, found, fitting)


def _visits_a_year(world: World, person: Person) -> float:
    if not person.is_resident:
        return 1.0
    age = person.age(world.calendar.history_end)
    for until, mean in ((6, 2.4), (17, 0.9), (44, 1.3), (64, 2.7), (79, 4.0)):
        if age <= until:
            return mean
    return 4.6


def _is_newborn(world: World, person: Person) -> bool:
    born_now = person.born >= world.calendar.first_day and person.mother is not None
    return born_now and birth_place(world, person) != "outside"


def _place(world: World, person: Person, where: str, on: date, rng: Random) -> Institution:
    village = person.village_on(on)
    if where in world.county.hospitals:
        return world.county.hospitals[where]
    if where == "clinic":
        return village.clinic
    if where == "centre":
        return village.town.centre
    if where == "other centre":
        return rng.choice([t.centre for t in world.county.towns if t is not village.town])
    if where == "private":
        return world.county.private_hospital
    if where == "pharmacy":
        return rng.choice(world.county.pharmacies)
    return pick_weighted(rng, world.county.outside, world.county.outside_weights)


def _visit(
    world: World,
    person: Person,
    system: str,
    place: Institution,
    diagnosis: Diagnosis,
    on: date,
    rng: Random,
    is_impossible: bool = False,
) -> Visit:
    number = world.numbering.by_day(f"visit {place.code22}", on, is_impossible)
    kind = pick_weighted(rng, ("plain", "emergency", "check"), (89, 8, 3))
    if place.is_primary and kind == "emergency":
        kind = "plain"
    lender = lends_card(world, person) if system == "A" else None
    split = card_split_on(world, person) if lender else None
    borrowed = lender is not None and (split is None or on < split)
    known_on, at = on, office_time(rng, on)
    if place.class_code == "D600" and world.mess.hits("late_row", "C", place.jgid, number):
        days = 1 + int(world.dice.share("late visit", place.jgid, number) * 9)
        known_on = on + timedelta(days=days)
        world.mess.note("late_row", "C", "ys_mz_jzls", f"{place.jgid}+{number}", known_on)
    insured = bool(person.insurance_number) and rng.random() < 0.92
    scheme = ("1" if person.scheme == "310" else "2") if insured else "7"
    pressure = (
        (round(rng.gauss(136, 15)), round(rng.gauss(82, 9))) if system == "C" else None
    )
    second = rng.random() < 0.1
    return Visit(
        system=system,
        number=number,
        person=person,
        card_person=lender if lender and borrowed else person,
        place=place,
        department=_department(place, kind, diagnosis, rng),
        doctor=doctor_code(place, rng.randint(1, 9 if place.is_primary else 30)),
        at=at,
        kind=kind,
        scheme=scheme,
        diagnosis=diagnosis,
        second_diagnosis=pick_diagnosis(world, person, on, rng, ("both", "out"))
        if second
        else None,
        known_on=known_on,
        pressure=pressure if pressure and rng.random() < 0.5 else None,
        is_impossible=is_impossible,
        card_split_on=split if borrowed else None,
    )


def _department(
    place: Institution, kind: str, diagnosis: Diagnosis, rng: Random
) -> str | None:
    if place.class_code == "D600":
        return None
    if kind == "check":
        return "9901"
    if place.is_primary:
        return "5001" if diagnosis.department == "5001" and rng.random() < 0.4 else "0201"
    return "2001" if kind == "emergency" else diagnosis.department
