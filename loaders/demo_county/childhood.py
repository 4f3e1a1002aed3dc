"""Children: their health cards, check-ups by age, vaccinations by the schedule."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from loaders.demo_county.cards import birth_place
from loaders.demo_county.chronic import archive_on
from loaders.demo_county.county import Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.life import Life
from loaders.demo_county.population import Person
from loaders.demo_county.programme import Vaccine, load_programme
from loaders.demo_county.programme_records import CareVisit, ChildCard, Dose
from loaders.demo_county.world import World

# So many years before the history the oldest children with a card were born.
YEARS_BEFORE = 6
# Numbers that the province gives begin here.
PROVINCIAL = 3_000_000


def grow_up(world: World, life: Life) -> None:
    """Card, check-ups and vaccinations of a child of the county."""
    child = life.person
    since = date(world.calendar.first_year - YEARS_BEFORE, 1, 1)
    if child.mother is None or not child.is_resident or child.born < since:
        return
    card = _card(world, life)
    life.child_card = card
    if card.has_card:
        _check_up(world, life, card)
    for vaccine in load_programme().schedule:
        _vaccinate(world, life, card, vaccine)


def month_later(born: date, months: int) -> date:
    """So many months after a day; the last of the month where that day does not exist."""
    years, month = divmod(born.month - 1 + months, 12)
    last = monthrange(born.year + years, month + 1)[1]
    return date(born.year + years, month + 1, min(born.day, last))


def _card(world: World, life: Life) -> ChildCard:
    child = life.person
    rng = world.dice.stream("child card", child.number)
    created_on = child.born + timedelta(days=rng.randint(9, 40))
    number = world.numbering.by_month("EB", created_on)
    named_on = created_on + timedelta(days=rng.randint(20, 150))
    has_none = world.mess.hits("child_without_card", "D", child.number)
    # What the history tells must not depend on the days that follow it.
    old = [a for a in life.archives if a.created_on <= world.calendar.history_end]
    archive = archive_on(life, created_on) or next(iter(old), None)
    return ChildCard(
        number=number,
        child=child,
        archive=archive,
        unit=child.village_on(created_on).town.code,
        created_on=created_on,
        named_on=named_on,
        has_card=not has_none and child.is_alive(created_on),
    )


def _check_up(world: World, life: Life, card: ChildCard) -> None:
    child = card.child
    for growth in load_programme().growth:
        rng = world.dice.stream("check-up", child.number, growth.month)
        due = month_later(child.born, growth.month)
        on = max(due + timedelta(days=rng.randint(-2, 18)), card.created_on)
        number = world.numbering.by_month("ET", on)
        comes = rng.random() < 0.85
        height = round(rng.gauss(growth.height, growth.height * 0.03), 1)
        weight = round(rng.gauss(growth.weight, growth.weight * 0.08), 1)
        blood = growth.haemoglobin
        hb = round(rng.gauss(blood, 8)) if blood else None
        if on < world.calendar.first_day or on > world.calendar.last_day or not comes:
            continue
        if not child.is_alive(on):
            continue
        life.care_visits.append(
            CareVisit(
                feed="D17",
                number=number,
                person=child,
                archive=card.archive,
                unit=card.unit,
                on=on,
                known_on=on + timedelta(days=rng.choice((0, 0, 0, 1, 2))),
                facts={
                    "cardId": card.number,
                    "checkupMonth": growth.month,
                    "height": height,
                    "weight": weight,
                    "hb": hb,
                },
            )
        )


def _vaccinate(world: World, life: Life, card: ChildCard, vaccine: Vaccine) -> None:
    child = card.child
    rng = world.dice.stream("vaccination", child.number, vaccine.code, vaccine.dose)
    wait = int(rng.expovariate(1 / (9 if vaccine.month else 0.7)))
    on = month_later(child.born, vaccine.month) + timedelta(days=wait)
    known_on = on + timedelta(days=rng.choice((0, 0, 0, 1)))
    comes, batch = rng.random() < 0.95, f"{on.year}A{rng.randint(1, 1999):04d}"
    if on > world.calendar.last_day or not comes or not child.is_alive(on):
        return
    here = child.village_on(on).town.centre
    place = here if vaccine.month else _born_at(world, child)
    vaccinee = _vaccinee(world, card, on)
    dose = Dose(
        card=card,
        vaccinee=vaccinee,
        code=vaccine.code,
        name=vaccine.name,
        dose=vaccine.dose,
        on=on,
        place=place.name,
        batch=batch,
        known_on=known_on,
    )
    life.doses.append(dose)
    key = f"{vaccinee}+{vaccine.code}+{vaccine.dose}"
    if vaccine.month and world.mess.hits("dose_twice", "D", *key.split("+")):
        _vaccinate_again(world, life, dose, here, key)


def _vaccinee(world: World, card: ChildCard, on: date) -> str:
    """The number of the card, or one of the province's own where none is known yet."""
    is_known = card.created_on <= max(on, world.calendar.history_end)
    if card.has_card and is_known:
        return card.number
    return f"SZ{PROVINCIAL + card.child.number}"


def _vaccinate_again(
    world: World, life: Life, dose: Dose, here: Institution, key: str
) -> None:
    """The new clinic enters an old dose as if it had given it itself."""
    rng = world.dice.stream("vaccinated again", key)
    elsewhere = [t.centre for t in world.county.towns if t.centre is not here]
    known_on = dose.on + timedelta(days=rng.randint(20, 200))
    again = Dose(
        card=dose.card,
        vaccinee=dose.vaccinee,
        code=dose.code,
        name=dose.name,
        dose=dose.dose,
        on=dose.on + timedelta(days=rng.choice((0, 0, 3, 12))),
        place=rng.choice(elsewhere).name,
        batch=dose.batch,
        known_on=known_on,
        is_again=True,
    )
    life.doses.append(again)
    world.mess.note("dose_twice", "D", "PIV_VaccinateRecord", key, known_on)


def _born_at(world: World, child: Person) -> Institution:
    """The hospital of the birth gives the first doses."""
    place = world.county.hospitals.get(birth_place(world, child))
    if place:
        return place
    rng = world.dice.stream("first doses", child.mother and child.mother.number)
    return pick_weighted(rng, world.county.outside, world.county.outside_weights)
